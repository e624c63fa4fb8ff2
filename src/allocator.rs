//! The allocator, and how long it keeps what is free. The one place with unsafe code.

use mimalloc::MiMalloc;

/// Two threads that allocate strings all the time: the system's allocator costs a fifth of a build.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// `mi_option_purge_delay` of mimalloc 2 (`mi_option_e` in its `mimalloc.h`), in milliseconds.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Longer than a build takes on any but the slowest machine, short for a preview that runs all day. Large pieces are kept ten times as
/// long (`mi_option_arena_purge_mult`).
const A_MINUTE: std::ffi::c_long = 60_000;

/// Lets free memory be used again before it is given back to the system: by itself the allocator gives it back after a hundredth of
/// a second, and a build that asks for it again has it cleared anew, a twentieth of its time. `MIMALLOC_PURGE_DELAY` says otherwise.
pub(crate) fn keep_free_memory() {
    // SAFETY: it stores a number in a table of mimalloc's own, for which any number is a delay. It must not be called while another
    // thread may read that number; `main` calls it before there is one.
    #[expect(unsafe_code, reason = "the crate has no other way to set an option than C's")]
    unsafe {
        libmimalloc_sys::mi_option_set_default(PURGE_DELAY, A_MINUTE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delay() -> std::ffi::c_long {
        // SAFETY: it reads a number of mimalloc's table; nobody else is at it in this test binary, which has no other test.
        #[expect(unsafe_code, reason = "as above")]
        unsafe {
            libmimalloc_sys::mi_option_get(PURGE_DELAY)
        }
    }

    #[test]
    fn the_option_is_the_delay() {
        assert_eq!(delay(), 10, "mimalloc's own delay, in milliseconds: else its options have other numbers");
        keep_free_memory();
        assert_eq!(delay(), A_MINUTE);
    }
}

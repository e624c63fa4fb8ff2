//! Which network addresses may be asked: [`PublicOnly`] checks the very address that is dialled, so that no name,
//! redirect or odd spelling of a number leads into a private network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::config::MediaConfig;

/// A resolver that gives public addresses alone, but for the proxy's own.
#[derive(Debug)]
pub struct PublicOnly {
    names: DefaultResolver,
    allow_private: bool,
    proxy: Option<Uri>,
}

impl PublicOnly {
    /// A resolver that gives private addresses too where `media.allow_private` says so.
    pub fn of(config: &MediaConfig, proxy: Option<&ureq::Proxy>) -> Self {
        let proxy = proxy.map(|proxy| proxy.uri().clone());
        Self { names: DefaultResolver::default(), allow_private: config.allow_private, proxy }
    }
}

impl Resolver for PublicOnly {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        if self.allow_private || self.proxy.as_ref() == Some(uri) {
            return Ok(found);
        }
        let mut public = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() {
            return Err(ureq::Error::Other("a private address: see media.allow_private".into()));
        }
        Ok(public)
    }
}

/// Whether an address is of the public internet (IANA's special-purpose registries, RFC 6890 and after).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match a {
        0 | 10 | 127 | 224.. => true,
        100 => (64..128).contains(&b),
        169 => b == 254,
        172 => (16..32).contains(&b),
        192 => b == 168 || (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99),
        198 => b == 18 || b == 19 || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        _ => false,
    };
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Addresses that carry an IPv4 address: mapped, compatible, NAT64, 6to4.
    if let Some(inner) = address.to_ipv4() {
        return is_public_v4(inner);
    }
    let embedded = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    if segments[..2] == [0x64, 0xff9b] {
        return segments[2..6] == [0; 4] && is_public_v4(embedded(segments[6], segments[7]));
    }
    if segments[0] == 0x2002 {
        return is_public_v4(embedded(segments[1], segments[2]));
    }
    let is_documentation = segments[0] == 0x2001 && (segments[1] == 0xdb8 || segments[1] < 0x200);
    // Global unicast is 2000::/3; all else is local, multicast or unassigned.
    (segments[0] & 0xe000) == 0x2000 && !is_documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.31.0.1",
            "192.168.1.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1", "64:ff9b::808:808", "2002:808:808::"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}

//! Writes a corpus shaped like a real news mirror's: every dialect, the sizes, elements, pictures and faults met in
//! 128,801 mirrored articles, in generated text. `corpus DIR --articles N [--seed S] [--start YYYY-MM-DD] [--days D]`

mod generator;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use generator::Corpus;

const USAGE: &str = "usage: corpus DIR --articles N [--seed S] [--start YYYY-MM-DD] [--days D]";

fn main() -> ExitCode {
    match asked(env::args().skip(1)).and_then(|corpus| corpus.write()) {
        Ok([articles, bytes, pictures]) => {
            println!("{articles} articles, {bytes} bytes, {pictures} pictures");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("corpus: {message}");
            ExitCode::FAILURE
        }
    }
}

fn asked(mut args: impl Iterator<Item = String>) -> Result<Corpus, String> {
    let (mut folder, mut articles) = (None, 0);
    let mut rest = Vec::new();
    while let Some(arg) = args.next() {
        if !arg.starts_with("--") {
            folder = Some(PathBuf::from(arg));
            continue;
        }
        let value = args.next().ok_or(USAGE)?;
        if arg == "--articles" { articles = number(&arg, &value)? } else { rest.push((arg, value)) }
    }
    let mut corpus = Corpus::new(folder.filter(|_| articles > 0).ok_or(USAGE)?, articles);
    for (arg, value) in rest {
        match arg.as_str() {
            "--seed" => corpus.seed = number(&arg, &value)?,
            "--days" => corpus.days = number(&arg, &value)?.max(1),
            "--start" => corpus.start = value.parse().map_err(|fault| format!("{arg} {value}: {fault}"))?,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(corpus)
}

fn number(arg: &str, value: &str) -> Result<u64, String> {
    value.parse().map_err(|fault| format!("{arg} {value}: {fault}"))
}

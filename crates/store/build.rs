//! Lists the migrations: every file of `migrations/`, in the order of its number. A migration is added by adding its file.

use std::error::Error;
use std::fmt::Write as _;
use std::{env, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=migrations");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("migrations");
    let mut paths =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    paths.sort();
    let mut list = String::from("&[\n");
    for (index, path) in paths.iter().enumerate() {
        let name =
            path.file_name().and_then(|name| name.to_str()).ok_or("a migration with an unreadable name")?;
        let is_sql = path.extension().is_some_and(|extension| extension == "sql");
        if !name.starts_with(&format!("{:04}_", index + 1)) || !is_sql {
            return Err(format!("{name} is not migration {:04}_….sql", index + 1).into());
        }
        writeln!(list, "    include_str!(r#\"{}\"#),", path.display())?;
    }
    list.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("migrations.rs"), list)?;
    Ok(())
}

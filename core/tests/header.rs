//! The committed header declares exactly what the library exports, with the same types.

use std::{collections::BTreeSet, fs, path::PathBuf};

#[test]
fn the_header_declares_what_the_library_exports() {
    let committed = declarations(&fs::read_to_string(in_crate("include/temporal_core.h")).unwrap());
    let exported = declarations(&generated_header());

    let undeclared: Vec<_> = exported.difference(&committed).collect();
    let unexported: Vec<_> = committed.difference(&exported).collect();

    assert!(
        undeclared.is_empty() && unexported.is_empty(),
        "in the library only: {undeclared:#?}\nin the header only: {unexported:#?}"
    );
    assert!(exported.iter().any(|declaration| declaration.contains("tcore_rpc(")), "nothing was read");
}

fn in_crate(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn generated_header() -> String {
    let mut builder =
        cbindgen::Builder::new().with_config(cbindgen::Config::from_file(in_crate("cbindgen.toml")).unwrap());
    for file in fs::read_dir(in_crate("src")).unwrap() {
        builder = builder.with_src(file.unwrap().path());
    }
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    String::from_utf8(header).unwrap()
}

/// The declarations of a header, without what carries no meaning.
fn declarations(header: &str) -> BTreeSet<String> {
    let lines = header.lines().map(|line| line.split("//").next().unwrap_or_default().trim());
    let (directives, code): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with('#'));
    let constants =
        directives.iter().filter(|line| line.starts_with("#define TCORE_")).map(|line| normal(line));
    let code = code.join(" ").replace("extern \"C\" {", "");
    statements(&code).into_iter().map(|statement| normal(&statement)).chain(constants).collect()
}

/// Splits at the semicolons outside of braces.
fn statements(code: &str) -> Vec<String> {
    let mut statements = vec![String::new()];
    let mut depth = 0_i32;
    for letter in code.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => continue, // of extern "C"
            '}' => depth -= 1,
            ';' if depth == 0 => {
                statements.push(String::new());
                continue;
            }
            _ => {}
        }
        statements.last_mut().unwrap().push(letter);
    }
    statements.retain(|statement| !statement.trim().is_empty());
    statements
}

/// One spelling for each declaration: `typedef struct x {..} x` and `typedef struct {..} x` are the same to us.
fn normal(statement: &str) -> String {
    let mut spaced = String::new();
    for letter in statement.chars() {
        if "*(),{};".contains(letter) {
            spaced.extend([' ', letter, ' ']);
        } else {
            spaced.push(letter);
        }
    }
    let mut words: Vec<&str> = spaced.split_whitespace().filter(|word| *word != "struct").collect();
    if words.first() == Some(&"typedef") && words.get(2) == Some(&"{") && words.last() == words.get(1) {
        words.remove(1);
    }
    words.join(" ").replace(" (", "(")
}

#[test]
fn a_changed_type_or_name_is_a_difference() {
    let of = |text| declarations(text);

    assert_eq!(of("int32_t  f(void *a,size_t b);"), of("int32_t f(void* a, size_t b);"));
    assert_eq!(of("typedef struct s { int a; } s;"), of("typedef struct { int a; } s;"));
    assert_ne!(of("void f(uint32_t a);"), of("void f(int32_t a);"));
    assert_ne!(of("void f(uint32_t a);"), of("void f(uint32_t a, int b);"));
    assert_ne!(of("#define TCORE_OK 0"), of("#define TCORE_OK 1"));
}

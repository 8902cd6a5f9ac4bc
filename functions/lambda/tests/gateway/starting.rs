//! What a function needs before its first request.

use lambda::{Journal, Start};

use crate::town::bundle;

#[test]
fn a_function_that_lacks_a_setting_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let start = |variables: &[(&str, &str)]| {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Start::new(folder.path(), variable, Journal::new("registration")).err().map(|error| error.to_string())
    };
    assert!(start(&[]).unwrap().contains("forms.json"));
    std::fs::write(folder.path().join("forms.json"), bundle().to_string()).unwrap();
    assert!(start(&[]).unwrap().contains("desk-recipients.txt"));

    let recipient = sealing::Identity::generate().recipient().to_string();
    let mut variables = vec![("ZAVICAJ_DESK_RECIPIENTS", recipient.as_str())];
    assert!(start(&variables).unwrap().contains("ZAVICAJ_SERVICE_RECIPIENT"));
    variables.push(("ZAVICAJ_SERVICE_RECIPIENT", &recipient));
    assert!(start(&variables).unwrap().contains("ZAVICAJ_DYNAMODB_TABLE"));
    variables.extend([
        ("ZAVICAJ_DYNAMODB_TABLE", "submissions"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
    ]);
    assert!(start(&variables).unwrap().contains("ZAVICAJ_HASHING_KEY_SECRET"));
    // A key in a variable is no key: whoever may look at the function's configuration reads it.
    let key = "ab".repeat(32);
    variables.push(("ZAVICAJ_HASHING_KEY", &key));
    assert!(start(&variables).unwrap().contains("ZAVICAJ_HASHING_KEY_SECRET"));
    variables.push(("ZAVICAJ_HASHING_KEY_SECRET", "zavicaj/hashing"));
    assert_eq!(start(&variables), None);
    variables.push(("ZAVICAJ_SERVERS_BEFORE", "cloudfront"));
    assert!(start(&variables).unwrap().contains("ZAVICAJ_SERVERS_BEFORE"));
}

/// A variable that the template gives and nobody reads is a setting that does nothing.
#[test]
fn every_variable_of_the_template_is_one_that_a_function_reads() {
    let functions = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |folder: &str| -> String {
        let files = std::fs::read_dir(functions.join(folder)).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap()).collect()
    };
    let code = read("lambda/src") + &read("store-dynamodb/src");
    let template = std::fs::read_to_string(functions.join("template.yaml")).unwrap();
    let mut given = 0;
    for line in template.lines().map(str::trim).filter(|line| line.starts_with("ZAVICAJ_")) {
        let name = line.split(':').next().unwrap();
        assert!(code.contains(&format!("\"{name}\"")), "no function reads {name}");
        given += 1;
    }
    assert!(given > 10, "{given}");
}

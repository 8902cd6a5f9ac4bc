//! Files to download that are not what they seem.

use super::{PAGE, page, says, warns};

#[test]
fn files_that_nobody_can_open() {
    says("download-empty", "content/odluka.pdf", |site| {
        page("[Odluka](odluka.pdf)")(site);
        site.write("content/odluka.pdf", "");
    });
    says("download-is-page", "content/odluka.pdf", |site| {
        page("[Odluka](odluka.pdf)")(site);
        site.write("content/odluka.pdf", "<!DOCTYPE html>\n<title>Prijava</title>\n");
    });
    warns("download-content-wrong", |site| {
        site.write("content/obrazac.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0");
    });
}

#[test]
fn words_that_tell_another_kind_or_size() {
    let pdf = [b"%PDF-1.7\n".to_vec(), vec![b' '; 640_000]].concat();
    for (code, words) in
        [("download-kind-wrong", "Odluka (Word)"), ("download-size-wrong", "Odluka (PDF, 2 MB)")]
    {
        warns(code, |site| {
            site.write("content/odluka.pdf", &pdf);
            site.write("content/proba.md", format!("{PAGE}Vidi [{words}](odluka.pdf).\n"));
        });
    }
}

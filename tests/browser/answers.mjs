// What artificial people answer, in the order of each form. The tag makes a person's answers differ from those
// of every other test: equal answers would be taken for a double.

/** Joins the register. */
export function registration(tag) {
  return [
    ["record_kind", "person"],
    ["given_name", "Ana"],
    ["family_name", "Primjerić"],
    ["email", `ana.${tag}@example.org`],
    ["country", "DE"],
    ["city", "München"],
    ["settlement", "Vitina"],
    ["generation", "second"],
    ["languages", "hbs"],
    ["languages", "de"],
    ["interests", "culture"],
    ["interests", "events"],
    ["profession", "inženjerka"],
    ["sector", "graditeljstvo"],
    ["association", "Udruga Primjer"],
    ["consent_register", "1"],
    ["consent_newsletter", "1"],
  ];
}

/** Orders an extract from the register of marriages for a parent: every question that depends on another is asked. */
export function certificateRequest(tag) {
  return [
    ["given_name", "Ivan"],
    ["family_name", "Primjerić"],
    ["document_kind", "passport"],
    ["document_number", "P0000000"],
    ["email", `ivan.${tag}@example.org`],
    ["phone", "+49 89 0000000"],
    ["address", "Primjerna ulica 1\n80331 München"],
    ["country", "DE"],
    ["for_whom", "other"],
    ["relation", "child"],
    ["person_given_name", "Mara"],
    ["person_family_name", "Primjerić"],
    ["birth_name", "Uzorić"],
    ["father_name", "Stipe Uzorić"],
    ["mother_name", "Luca Uzorić"],
    ["birth_date.day", "1"],
    ["birth_date.month", "1"],
    ["birth_date.year", "1990"],
    ["birth_place", "Ljubuški"],
    ["jmb", "0101990360007"],
    ["register_settlement", "Vitina"],
    ["certificates.0.kind", "marriage"],
    ["certificates.0.copies", "2"],
    ["certificates.0.language", "hr"],
    ["certificates.0.script", "latin"],
    ["certificates.0.country_of_use", "DE"],
    ["spouse_name", "Jure Primjerić"],
    ["marriage_date.day", "12"],
    ["marriage_date.month", "9"],
    ["marriage_date.year", "2015"],
    ["marriage_place", "Vitina"],
    ["purpose", "mirovina"],
    ["delivery", "attorney"],
    ["attorney_name", "Pero Uzorić"],
    ["note", "Stari naziv mjesta: Vitina."],
    ["truth", "1"],
  ];
}

/** Both forms of the site. */
export const forms = [
  { id: "registracija", answers: registration, address: (tag) => `ana.${tag}@example.org` },
  { id: "zahtjev-za-ispravu", answers: certificateRequest, address: (tag) => `ivan.${tag}@example.org` },
];

/** The same answers with one of them changed, or taken out with `null`. */
export function changed(answers, name, value) {
  return answers
    .filter((answer) => value !== null || answer[0] !== name)
    .map((answer) => (answer[0] === name ? [name, value] : answer));
}

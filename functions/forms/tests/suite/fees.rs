use forms::fees::due;
use forms::procedure::AmountFrom;
use forms::{Money, RawAnswers};
use jiff::civil::date;

use crate::support::{REQUEST, TODAY, answers, cards, raw, shipped};

#[test]
fn copies_are_counted_and_postage_is_due_once() {
    let form = shipped("zahtjev-za-ispravu");
    let due = due(&form, &answers(&form, REQUEST), &cards(), TODAY);
    let lines: Vec<_> = due.lines.iter().map(|l| (l.label.get("hr"), l.count, l.total.minor())).collect();
    assert_eq!(
        lines,
        [
            ("Izvadak iz matične knjige", 2, 600),
            ("Međunarodni izvadak", 1, 1000),
            ("Preporučena pošta s povratnicom", 1, 978)
        ]
    );
    assert_eq!((due.total.minor(), due.total.euro_minor()), (2578, 1318));
    assert!(due.to_be_confirmed && !due.incomplete);
}

#[test]
fn collection_costs_no_postage_and_the_register_costs_nothing() {
    let form = shipped("zahtjev-za-ispravu");
    let mut typed: RawAnswers = raw(REQUEST);
    typed.set("delivery", "collection");
    let accepted = forms::validate(&form, &typed, TODAY).unwrap();
    assert_eq!(due(&form, &accepted, &cards(), TODAY).total.minor(), 1600);
    assert!(shipped("registracija").fee_rules().is_empty());
}

#[test]
fn the_fee_of_the_day_holds() {
    let form = shipped("zahtjev-za-ispravu");
    let accepted = answers(&form, REQUEST);
    let mut cards = cards();
    let fee = &mut cards.0.get_mut("izvadak").unwrap().fees[0];
    fee.amounts.push(AmountFrom { valid_from: date(2027, 1, 1), amount: Money::from_minor(400) });
    let total = |day| due(&form, &accepted, &cards, day).total.minor();
    assert_eq!(total(date(2026, 12, 31)), 2578);
    assert_eq!(total(date(2027, 1, 1)), 2778);
}

#[test]
fn an_amount_that_is_not_known_is_never_taken_for_free() {
    let form = shipped("zahtjev-za-ispravu");
    let accepted = answers(&form, REQUEST);
    let mut cards = cards();
    cards.0.remove("izvadak");
    assert!(due(&form, &accepted, &cards, TODAY).incomplete);
    assert!(due(&form, &accepted, &self::cards(), date(2020, 1, 1)).incomplete);
}

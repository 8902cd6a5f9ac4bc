//! What the articles are made of: a town that does not exist. The names of categories and tags begin with different
//! letters each, so that every generator's alphabet puts them into the same order.

pub const CATEGORIES: [&str; 6] =
    ["Gradska uprava", "Natječaji", "Kultura", "Obavijesti", "Promet", "Školstvo"];

pub const TAGS: [&str; 22] = [
    "adventski sajam",
    "biciklisti",
    "cesta",
    "djeca",
    "energija",
    "fotografija",
    "glazba",
    "humanost",
    "izbori",
    "javna nabava",
    "knjižnica",
    "ljetovanje",
    "mladi",
    "nagrada",
    "otpad",
    "prijevoz",
    "rasvjeta",
    "sjednica",
    "turizam",
    "udruge",
    "vrtić",
    "zdravlje",
];

pub const MONTHS: [&str; 12] = [
    "siječnja",
    "veljače",
    "ožujka",
    "travnja",
    "svibnja",
    "lipnja",
    "srpnja",
    "kolovoza",
    "rujna",
    "listopada",
    "studenoga",
    "prosinca",
];

pub const EVENTS: [&str; 14] = [
    "Obnova nogostupa",
    "Nova rasvjeta",
    "Otvorenje igrališta",
    "Sadnja stabala",
    "Zatvorena cesta",
    "Javni uvid",
    "Radionica za djecu",
    "Koncert puhačkog orkestra",
    "Sajam domaćih proizvoda",
    "Prikupljanje starog papira",
    "Dan otvorenih vrata",
    "Popravak vodovoda",
    "Izložba dječjih crteža",
    "Čišćenje šetališta",
];

pub const PLACES: [&str; 12] = [
    "u Ulici lipa",
    "na Trgu rijeke",
    "u Starom naselju",
    "kod gradske knjižnice",
    "uz dječji vrtić Zvončić",
    "na gradskoj tržnici",
    "kod mosta na Kamenici",
    "u Poljskoj ulici",
    "uz športsku dvoranu",
    "na Vinogradskoj cesti",
    "pred željezničkim kolodvorom",
    "u društvenom domu",
];

pub const NEWS: [&str; 6] = [
    "prijave su u tijeku",
    "novi rok",
    "promijenjen raspored",
    "poziv mještanima",
    "što treba znati",
    "završno izvješće",
];

pub const NAMES: [&str; 5] =
    ["Zeleni grad", "Sigurno u školu", "Šareni tjedan", "Čista rijeka", "Đačka pozornica"];

pub const HEADINGS: [&str; 8] = [
    "Kako se prijaviti",
    "Raspored",
    "Koliko stoji",
    "Što donijeti",
    "Tko može sudjelovati",
    "Promjene u prometu",
    "Što slijedi",
    "Kome se obratiti",
];

pub const ITEMS: [&str; 10] = [
    "ispunjena prijavnica",
    "kopija svjedodžbe",
    "nacrt s mjerama",
    "suglasnost susjeda",
    "popis sudionika",
    "račun za prijevoz",
    "skica postavljanja",
    "izjava o suradnji",
    "prijedlog termina",
    "opis opreme",
];

pub const SENTENCES: [&str; 24] = [
    "Radovi {place} traju do {date}.",
    "Promet {place} preusmjeren je do {date}, a obilazak je označen.",
    "Prijave se primaju do {date} u gradskoj upravi, svakim radnim danom prije podne.",
    "Za uređenje je osigurano {money}, a polovicu plaća županija.",
    "Okupilo se {number} mještana svih dobi.",
    "Ulaz je slobodan, a broj mjesta ograničen je na {number}.",
    "Posađeno je {number} mladih stabala, pretežno lipa i javora.",
    "Ako bude kišilo, sve se odgađa za {date}.",
    "Vijeće je prijedlog prihvatilo bez rasprave i zadužilo upravu da ga provede.",
    "Primjedbe se mogu predati pisano, najkasnije do {date}.",
    "Novi raspored vrijedi od {date} i visi na oglasnoj ploči {place}.",
    "Odvoz je moguć samo iz označenih spremnika.",
    "Đaci su pripremili pjesme, igre i kratku predstavu o rijeci.",
    "Vrijednost ugovora iznosi {money}.",
    "Voda će biti zatvorena od osam do četrnaest sati, {date}.",
    "Knjižnica je u srpnju otvorena samo prije podne.",
    "Izložba {place} ostaje otvorena do {date}.",
    "Udruge mogu zatražiti najviše {money} za jedan program.",
    "Autobus polazi {place} svakih {number} minuta.",
    "Postavljeno je {number} štedljivih svjetiljki, pa će račun za struju biti manji.",
    "Zahvaljujemo svima koji su pomogli, a osobito najmlađima.",
    "Sljedeći je susret {place}, {date}.",
    "Sve čestice u obuhvatu ucrtane su u kartu koja je izložena {place}.",
    "Na natječaj se javilo {number} ponuđača, a najpovoljnija je ponuda od {money}.",
];

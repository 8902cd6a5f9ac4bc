// Every kind of page that people meet after the receipt, most of them by a link of a letter.

import { tryPages } from "./each-page.mjs";
import { applicantPages } from "./pages.mjs";

tryPages(applicantPages, { areBuilt: false });

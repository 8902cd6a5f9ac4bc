// Every kind of page that the form handlers make until the receipt.

import { tryPages } from "./each-page.mjs";
import { formPages } from "./pages.mjs";

tryPages(formPages, { areBuilt: false });

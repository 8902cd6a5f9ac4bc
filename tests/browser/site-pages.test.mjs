// Every kind of page of the site, and the forms' questions one at a time.

import { tryPages } from "./each-page.mjs";
import { sitePages } from "./pages.mjs";

tryPages(sitePages, { areBuilt: true });

// Entry for every page. Modules listen on the document, so fragments that htmx swaps in need no wiring;
// what must look at new elements has a `scan(root)` that runs at load and after each swap.
import "./htmx-setup.js";
import "./bulk.js";
import "./confirm.js";
import "./copy.js";
import "./drawer.js";
import "./guard.js";
import "./idle.js";
import "./keyboard.js";
import "./menus.js";
import "./offline.js";
import "./password.js";
import "./tips.js";
import "./toasts.js";
import "./worker-client.js";
import { scan as scanDrafts } from "./drafts.js";
import { scan as scanDropzones } from "./dropzone.js";
import { scan as scanFormset } from "./formset.js";
import { scan as scanPhotos } from "./photos.js";
import { scan as scanProblems } from "./problems.js";
import { scan as scanTables } from "./tables.js";
import { scan as scanToasts } from "./toasts.js";
import { scan as scanUnsent } from "./unsent.js";
import { scan as scanVisitForm } from "./visit-form.js";
import { onContent } from "./dom.js";

onContent((root) => {
  scanToasts(root);
  scanTables(root);
  scanDropzones(root);
  scanVisitForm(root);
  scanDrafts(root);
  scanPhotos(root);
  scanUnsent(root);
  scanFormset(root);
  scanProblems(root);
});

/** Practice's words are many and are needed in one place, so they come with it and not with the first page. */

import i18n from "../../../i18n";
import en from "../../../locales/en/practice.json";
import es from "../../../locales/es/practice.json";

i18n.addResourceBundle("en", "practice", en);
i18n.addResourceBundle("es", "practice", es);

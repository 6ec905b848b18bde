/** The words of the inspector come with it and not with the first page. */

import i18n from "../i18n";
import en from "../locales/en/inspector.json";
import es from "../locales/es/inspector.json";

i18n.addResourceBundle("en", "inspector", en);
i18n.addResourceBundle("es", "inspector", es);

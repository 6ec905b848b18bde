/** The words of this page, and of what the check says, come with it and not with the first one. */

import i18n from "../../../i18n";
import enCheck from "../../../locales/en/check.json";
import en from "../../../locales/en/config.json";
import esCheck from "../../../locales/es/check.json";
import es from "../../../locales/es/config.json";

i18n.addResourceBundle("en", "config", en);
i18n.addResourceBundle("es", "config", es);
i18n.addResourceBundle("en", "check", enCheck);
i18n.addResourceBundle("es", "check", esCheck);

/** The doctor's words come with the room, and not with the first page. */

import i18n from "../../../i18n";
import en from "../../../locales/en/doctor.json";
import es from "../../../locales/es/doctor.json";

i18n.addResourceBundle("en", "doctor", en);
i18n.addResourceBundle("es", "doctor", es);

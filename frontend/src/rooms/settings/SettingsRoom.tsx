import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { change } from "../../api/client";
import { meQuery, queries, statusQuery } from "../../api/queries";
import { currentLanguage } from "../../i18n";
import {
  chooseLanguage,
  chooseTheme,
  chosenLanguage,
  chosenTheme,
  type LanguageChoice,
  type Theme,
} from "../../preferences";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Choice } from "./Choice";
import { Keys } from "./Keys";
import { Section } from "./Section";

export default function SettingsRoom() {
  const { t } = useTranslation("settings");
  return (
    <main className="settings">
      <div className="settings-column">
        <h1 className="mb-6 text-xl font-title tracking-[-0.015em] max-tablet:sr-only">{t("title")}</h1>
        <Page />
        <Gateway />
        <Keys />
        <Person />
      </div>
    </main>
  );
}

function Page() {
  const { t, i18n } = useTranslation("settings");
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const [language, setLanguage] = useState<LanguageChoice>(chosenLanguage);
  return (
    <Section title={t("page.title")}>
      <Choice
        label={t("page.language")}
        value={language}
        options={[
          { value: "system", word: t("page.system") },
          { value: "en", word: "English", language: "en" },
          { value: "es", word: "Español", language: "es" },
        ]}
        onChange={(next) => {
          setLanguage(next);
          chooseLanguage(next);
          void i18n.changeLanguage(currentLanguage());
        }}
      />
      <Choice
        label={t("page.theme")}
        value={theme}
        options={[
          { value: "system", word: t("page.system") },
          { value: "light", word: t("page.light") },
          { value: "dark", word: t("page.dark") },
        ]}
        onChange={(next) => {
          setTheme(next);
          chooseTheme(next);
        }}
      />
    </Section>
  );
}

function Gateway() {
  const { t } = useTranslation("settings");
  const { data: status } = useQuery(statusQuery);
  if (!status) return null;
  return (
    <Section title={t("gateway.title")} note={t("gateway.note")}>
      <div className="settings-row">
        <span className="text-ink-2">{t("gateway.address")}</span>
        <span className="copyable">
          <code translate="no">{status.gateway}</code>
          <CopyButton text={status.gateway} label={t("gateway.copy")} />
        </span>
      </div>
    </Section>
  );
}

function Person() {
  const { t } = useTranslation("settings");
  const { data: me } = useQuery(meQuery);
  const { data: status } = useQuery(statusQuery);
  const signOut = async () => {
    await change("POST", "/api/sign-out");
    queries.clear();
    location.assign("/");
  };
  return (
    <Section title={t("person.title")}>
      <div className="settings-row">
        <span className="text-ink-2">{t("person.signedIn")}</span>
        {/* The first person has no name of their own yet. */}
        <b>{me?.name === "you" ? t("person.you") : me?.name}</b>
        <Button className="ml-auto" onClick={() => void signOut()}>
          {t("person.signOut")}
        </Button>
      </div>
      {status ? (
        <div className="settings-row">
          <span className="text-ink-2">{t("person.version")}</span>
          <code>{status.version}</code>
        </div>
      ) : null}
    </Section>
  );
}

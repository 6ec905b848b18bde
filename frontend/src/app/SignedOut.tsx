import { useTranslation } from "react-i18next";
import { Mark } from "./Mark";

/** The page of someone without a session: how to get in. */
export function SignedOut() {
  const { t } = useTranslation();
  return (
    <main className="grid h-full place-content-center p-6" data-testid="signed-out">
      <div className="w-[min(440px,100%)]">
        <Mark size={40} />
        <h1 className="mt-5 text-xl font-title tracking-[-0.015em]">{t("signedOut.title")}</h1>
        <p className="mt-3 text-md leading-read text-ink-2">{t("signedOut.how")}</p>
        <p className="mt-4 rounded-control border border-line bg-well px-3 py-2.5 mono" translate="no">
          <span className="text-ink-3">$</span> filon serve
        </p>
        <p className="mt-4 text-ink-2">{t("signedOut.once")}</p>
        <div className="mt-5 flex gap-2">
          <a href="/sign-in" className="btn ore">
            {t("signedOut.signIn")}
          </a>
          <button type="button" className="btn" onClick={() => location.reload()}>
            {t("signedOut.again")}
          </button>
        </div>
      </div>
    </main>
  );
}

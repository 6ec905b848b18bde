import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { modelsQuery } from "../../../api/queries";
import { ConfigPlace } from "../ConfigPlace";

/** The routes of the file, each with its targets in the order in which they are tried. */
export function Routes() {
  const { t } = useTranslation("config");
  const { data: models } = useQuery(modelsQuery);
  const routes = models?.filter(({ targets }) => targets) ?? [];
  if (routes.length === 0) return null;
  return (
    <section className="cf-variables" aria-labelledby="cf-routes" data-testid="config-routes">
      <h3 id="cf-routes">
        {t("routes.title")} <small>{t("routes.small")}</small>
      </h3>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("routes.name")}</th>
            <th scope="col">{t("routes.targets")}</th>
            <th scope="col">{t("routes.place")}</th>
          </tr>
        </thead>
        <tbody>
          {routes.map((route) => (
            <tr key={route.id}>
              <th scope="row" className="mono">
                {route.id}
                {route.about ? <small className="block text-ink-3">{route.about}</small> : null}
              </th>
              <td>
                {route.usable ? null : <p className="text-warn">{route.reason}</p>}
                <ol>
                  {route.targets?.map(({ id, reason }) => (
                    <li key={id} className={reason ? "text-ink-3" : ""}>
                      <span className="mono">{id}</span>
                      {reason ? <span lang="en"> · {reason}</span> : null}
                    </li>
                  ))}
                </ol>
              </td>
              <td>
                <ConfigPlace place={route.source} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

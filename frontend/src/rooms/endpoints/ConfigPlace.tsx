import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { configQuery } from "../../api/queries";

/** `librechat.yaml:33`, which leads to that line where it is of the file in use; other places are text. */
export function ConfigPlace({ place }: { place: string }) {
  const { data: config } = useQuery(configQuery);
  const [, file, line] = /^(.+):(\d+)$/.exec(place) ?? [];
  if (!line) return <span>{place}</span>;
  if (file !== config?.file) return <span className="loc">{place}</span>;
  return (
    <Link to="/endpoints" search={{ view: "config", line: Number(line) }} className="loc">
      {place}
    </Link>
  );
}

/** `endpoint/` quiet, the model's own id in ink. */
export function ModelName({ id }: { id: string }) {
  const slash = id.indexOf("/");
  if (slash < 0) return <span>{id}</span>;
  return (
    <span>
      <span className="text-ink-3">{id.slice(0, slash + 1)}</span>
      {id.slice(slash + 1)}
    </span>
  );
}

import { ChevronDown, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { isContainer, type JsonNode, sizeOf, writeJson } from "../core/json";
import { count } from "../format";
import { Visible } from "./Visible";

/** A container shorter than this is shown on one line. */
const ONE_LINE = 64;
const LONGEST_STRING = 400;
const MOST_CHILDREN = 100;

interface JsonViewProps {
  node: JsonNode;
  /** Containers deeper than this begin folded. */
  open?: number;
}

/** JSON as text nodes only: what a stranger wrote is shown, never interpreted. */
export function JsonView({ node, open = 2 }: JsonViewProps) {
  return (
    <div className="js" dir="ltr" lang="und">
      <Node node={node} depth={0} open={open} comma={false} />
    </div>
  );
}

interface NodeProps {
  node: JsonNode;
  depth: number;
  open: number;
  name?: string;
  comma: boolean;
}

function Node({ node, depth, open, name, comma }: NodeProps) {
  const { t } = useTranslation("inspector");
  const foldable = isContainer(node) && sizeOf(node) > 0 && writeJson(node).length > ONE_LINE;
  const [unfolded, setUnfolded] = useState(depth < open);
  const [all, setAll] = useState(false);
  if (!foldable) {
    return (
      <Line depth={depth} name={name} comma={comma}>
        <Value node={node} />
      </Line>
    );
  }
  const [left, right] = node.kind === "object" ? ["{", "}"] : ["[", "]"];
  const children =
    node.kind === "object"
      ? node.members.map((m) => ({ name: m.key, value: m.value }))
      : node.kind === "array"
        ? node.items.map((item) => ({ name: undefined, value: item }))
        : [];
  const shown = all ? children : children.slice(0, MOST_CHILDREN);
  const fold = (
    <button
      type="button"
      className="js-fold"
      aria-expanded={unfolded}
      aria-label={t(unfolded ? "json.fold" : "json.unfold", { name: name ?? t(`json.${node.kind}`) })}
      onClick={() => setUnfolded(!unfolded)}
    >
      {unfolded ? (
        <ChevronDown size={12} aria-hidden="true" />
      ) : (
        <ChevronRight size={12} aria-hidden="true" />
      )}
    </button>
  );
  if (!unfolded)
    return (
      <Line depth={depth} name={name} comma={comma} fold={fold}>
        {left} <Summary node={node} /> {right}
      </Line>
    );
  return (
    <>
      <Line depth={depth} name={name} comma={false} fold={fold}>
        {left}
      </Line>
      {shown.map((child, at) => (
        <Node
          key={at}
          node={child.value}
          name={child.name}
          depth={depth + 1}
          open={open}
          comma={at < children.length - 1}
        />
      ))}
      {shown.length < children.length ? (
        <Line depth={depth + 1} comma={false}>
          <button type="button" className="js-more" onClick={() => setAll(true)}>
            {t("json.moreItems", { count: children.length - shown.length })}
          </button>
        </Line>
      ) : null}
      <Line depth={depth} comma={comma}>
        {right}
      </Line>
    </>
  );
}

interface LineProps {
  depth: number;
  name?: string;
  comma: boolean;
  fold?: ReactNode;
  children: ReactNode;
}

function Line({ depth, name, comma, fold, children }: LineProps) {
  return (
    <div className="js-line" style={{ paddingLeft: `${depth * 14 + 18}px` }}>
      {fold}
      {name === undefined ? null : <Key name={name} />}
      {children}
      {comma ? "," : ""}
    </div>
  );
}

export function Key({ name }: { name: string }) {
  return (
    <>
      <span className="js-key">
        <Visible text={JSON.stringify(name)} />
      </span>
      {": "}
    </>
  );
}

/** How much a folded container holds. */
export function Summary({ node }: { node: JsonNode }) {
  const { t } = useTranslation("inspector");
  // The role of a message, the name of a tool: usually the first field tells which one this is.
  const first = node.kind === "object" ? node.members[0] : undefined;
  const telling = first && first.value.kind === "string" && first.value.value.length < 32;
  return (
    <span className="text-ink-3">
      {first && telling ? (
        <>
          <Key name={first.key} />
          <Value node={first.value} />,{" "}
        </>
      ) : null}
      … {t(node.kind === "array" ? "json.items" : "json.members", { count: sizeOf(node) })}
    </span>
  );
}

/** A value on one line. Containers are written out, so give it short ones. */
export function Value({ node }: { node: JsonNode }) {
  switch (node.kind) {
    case "string":
      return <StringValue value={node.value} />;
    case "number":
    case "literal":
      return <span className="js-num">{node.text}</span>;
    case "array":
      return (
        <>
          [
          {node.items.map((item, at) => (
            <span key={at}>
              {at ? ", " : ""}
              <Value node={item} />
            </span>
          ))}
          ]
        </>
      );
    case "object":
      return (
        <>
          {"{"}
          {node.members.map((member, at) => (
            <span key={at}>
              {at ? ", " : ""}
              <Key name={member.key} />
              <Value node={member.value} />
            </span>
          ))}
          {"}"}
        </>
      );
  }
}

function StringValue({ value }: { value: string }) {
  const { t } = useTranslation("inspector");
  const [whole, setWhole] = useState(false);
  const cut = !whole && value.length > LONGEST_STRING;
  const shown = cut ? value.slice(0, LONGEST_STRING) : value;
  return (
    <>
      <span className="js-str">
        "<Visible text={escaped(shown)} />
        {cut ? "" : '"'}
      </span>
      {cut ? (
        <button type="button" className="js-more" onClick={() => setWhole(true)}>
          {t("json.moreCharacters", {
            count: value.length - LONGEST_STRING,
            figure: count(value.length - LONGEST_STRING),
          })}
        </button>
      ) : null}
    </>
  );
}

/** Line ends and quotes as JSON writes them; hidden characters stay, `Visible` boxes them. */
function escaped(text: string): string {
  return text
    .replace(/\\/g, "\\\\")
    .replace(/"/g, '\\"')
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/\t/g, "\\t");
}

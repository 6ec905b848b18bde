import { Button, type ButtonProps } from "./Button";
import { Tooltip } from "./Tooltip";

interface IconButtonProps extends Omit<ButtonProps, "aria-label" | "title"> {
  /** The name for readers; it is also the tooltip. */
  label: string;
  /** The shortcut to show in the tooltip. */
  keys?: string;
}

export function IconButton({ label, keys, className = "", kind = "bare", ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <Button kind={kind} className={`ic ${className}`} aria-label={label} {...rest} />
    </Tooltip>
  );
}

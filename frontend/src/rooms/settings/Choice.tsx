import { useId } from "react";

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: Array<{ value: T; word: string; language?: string }>;
  onChange: (value: T) => void;
}

/** One of a few, all in sight. Radio buttons underneath, so arrows move between them. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="settings-row">
      <legend className="sr-only">{label}</legend>
      <span className="text-ink-2" aria-hidden="true">
        {label}
      </span>
      <div className="choice">
        {options.map((option) => (
          <label key={option.value} lang={option.language} data-chosen={option.value === value}>
            <input
              type="radio"
              className="sr-only"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.word}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

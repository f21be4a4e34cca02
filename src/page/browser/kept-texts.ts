/** Small values that survive a reload of the page. */
export interface KeptTexts {
  read<T>(name: string): T | null;
  /** Stores a value under a name; null deletes the stored value. */
  write(name: string, value: unknown): void;
}

/**
 * Keeps values while the tab is open.
 *
 * @param under prefix of all names, so that another session at the same port keeps its own values
 */
export function keptInTab(under: string): KeptTexts {
  const key = (name: string): string => `${under} ${name}`;
  return {
    read: (name) => {
      try {
        return JSON.parse(sessionStorage.getItem(key(name)) ?? "null");
      } catch {
        return null;
      }
    },
    write: (name, value) => {
      try {
        if (value === null) sessionStorage.removeItem(key(name));
        else sessionStorage.setItem(key(name), JSON.stringify(value));
      } catch {
        // Without storage the page works, but the value does not survive a reload.
      }
    },
  };
}

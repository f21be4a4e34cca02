/** Small values that outlive a reload of the page. */
export interface KeptTexts {
  read<T>(name: string): T | null;
  /** Null forgets. */
  write(name: string, value: unknown): void;
}

/** Keeps them as long as the tab is open. @param under another session may have had this port: its names are others */
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
        // A browser that keeps nothing shows the page all the same.
      }
    },
  };
}

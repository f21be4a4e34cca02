/** A column of SHA-256 hashes. Each takes 32 bytes, much less than its text of 64 digits would. */
export interface HashColumn {
  /** The hash at an index, as 64 hexadecimal digits. */
  hex(index: number): string;
  set(index: number, hex: string): void;
}

export function hashColumn(size: number): HashColumn {
  const bytes = Buffer.alloc(size * 32);
  return {
    hex: (index) => bytes.toString("hex", index * 32, index * 32 + 32),
    set: (index, hex) => void bytes.write(hex, index * 32, 32, "hex"),
  };
}

/** A range of plausible values, ends included, in the unit of the estimate; low <= high. */
export type Interval = { readonly low: number; readonly high: number };

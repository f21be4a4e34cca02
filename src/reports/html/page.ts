export function htmlReport() {
  return "";
}

declare module "*.css";
declare module "*.svg?raw" {
  const text: string;
  export default text;
}
declare module "*.svg?raw&check" {
  const text: string;
  export default text;
}
declare module "virtual:english" {
  const texts: import("./texts/texts.ts").Texts;
  export default texts;
}
declare module "virtual:english-check" {
  const texts: import("./texts/texts.ts").Texts;
  export default texts;
}
declare module "virtual:english-later" {
  const texts: import("./texts/texts.ts").Texts;
  export default texts;
}

declare module "*.css";
declare module "*.svg?raw" {
  const text: string;
  export default text;
}
declare module "virtual:english" {
  const texts: Record<string, string>;
  export default texts;
}

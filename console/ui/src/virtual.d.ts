declare module "virtual:zstd" {
  const url: string;
  export default url;
}
declare module "*.css";
declare module "*.svg?raw" {
  const text: string;
  export default text;
}

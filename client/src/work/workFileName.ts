/** `*.receptor-work.yml`, by its name alone: apart from the reader, which brings the YAML library along. */
export const isWorkFile = (path: string): boolean => /\.receptor-work\.ya?ml$/i.test(path);

/** What `--archive` takes, for every verb that has it. */
export const ARCHIVE_HELP = `
--archive is a folder, or a URL of Blob Storage: https://ACCOUNT.blob.core.windows.net[/CONTAINER[/PREFIX]]. Blobs are read with the SAS in
the URL, with AZURE_STORAGE_CONNECTION_STRING, or with this machine's sign-in.
`;

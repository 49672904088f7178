/// Gives a file to the person at the page, as a download that never was at an address.
export function save(name: string, content: BlobPart, mediaType = "application/octet-stream"): void {
  const address = URL.createObjectURL(new Blob([content], { type: mediaType }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

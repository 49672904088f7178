/**
 * Pictures, videos and other files are refused here, on the device: nothing of them is read, and no
 * byte of them is sent. Files come by pasting, by dropping, or with a picker; the page has none of
 * its own.
 *
 * refused  somebody tried
 */
export function refuseMedia(refused: () => void): void {
  const holdsFiles = (data: DataTransfer | null) =>
    data !== null && [...data.types].some((type) => type === "Files");
  document.addEventListener("paste", (event) => {
    if (!holdsFiles(event.clipboardData)) return;
    event.preventDefault();
    refused();
  });
  // Without this the browser would open the file in place of the page, and keep its name in the
  // history.
  document.addEventListener("dragover", (event) => {
    if (holdsFiles(event.dataTransfer)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event.dataTransfer)) return;
    event.preventDefault();
    refused();
  });
}

"""Reading a file page by page in the browser, without downloading it."""

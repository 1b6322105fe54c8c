"""Writers: ads in, rows of a library's or a platform's form out; one module for each, as its reader."""

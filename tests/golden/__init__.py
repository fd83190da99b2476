"""Every byte that a user sees, as it was: a script of hundreds of requests, and the hashes of all that came back.

The server and the commands are run as a user runs them, in processes of their own; nothing of pbxsim is imported, so no
name inside of it matters. `before.txt` holds one SHA-256 for each section of the script, and one over all; `after.txt`
the same for sections that were changed on purpose since.

    python -m tests.golden                compare, and say which sections differ
    python -m tests.golden --dump DIR     write every section's bytes there, to be compared with an earlier dump
    python -m tests.golden --against DIR  compare, and show the first difference from that dump in each section
    python -m tests.golden --write        take those that are named in compare.DELIBERATE for right as they are now

A difference that is meant is named in `compare.DELIBERATE` with what the user sees of it, then written.

Taken out, because it differs from run to run without anybody having changed anything, is only this:

- the headers `Date` and `Server` (the world's time; the versions of Python and aiohttp);
- the port of the server where a banner names it, and the ports of the receivers, which are chosen free: `SERVER`,
  `WEB` and `MAIL` stand for them (all have five digits, so no length depends on them);
- the temporary folder of recordings and database: `FOLDER` stands for it;
- pbxsim's version, in the banner and in the header `User-Agent` of what receivers get: `VERSION` stands for it;
- `took_ms` of a delivery's tries: milliseconds of the world's time;
- the first half of a recording's `ETag`: when the file was written, in the world's time;
- of the metrics how many transactions the store needed, how many rows it wrote in them (of a delivery that is tried
  twice within a moment only the last state may be written), and how many wait for the next one; how many deliveries
  are in memory and how many recordings are not written yet, with their bytes, which is a matter of moments as well;
  how many clients are connected, and how many there were;
- the sound of MP3 files, whose first frames and lengths stay: what an encoder makes of it may differ between machines;
- the names of the statuses 413, 416 and 422, which Python 3.13 changed, in status lines and problems' titles;
- in the JSON Schema the blanks at the beginning of a description's lines, which Python 3.13 takes off docstrings;
- of refused usage all but the last line: the lines before are argparse's, and change with Python.

A `Content-Length` is compared with the body that came, then told of the body as it is compared. Chunks' frames are
taken off. What receivers are told is listed receiver by receiver, since those are told side by side.
"""

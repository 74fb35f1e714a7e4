/** What `update-server --help` prints. */
export const HELP = `usage: update-server [--fault <fault>[@<address>]]
       update-server verify [<name>]
       update-server explain '<path or query of a board>'
       update-server try '<query of a board>' [--at <URL>] [--json]
       update-server pack <image>.img [--build-id <ID>]
       update-server publish <file>... [--to <box>] [--build-id <ID>]
       update-server ls <image>[:<path>] [--json]
       update-server cat <image>:<path>
       update-server packages <image> [--json]
       update-server diff <image> <image> [--json] [--all]
       update-server sbom <image>
       update-server boards [--json]
       update-server images [--json]
       update-server builds [--json]
       update-server hold <board>... [--why <text>]
       update-server release <board>... [--why <text>]
       update-server pin <board> <build|image> [--why <text>]
       update-server unpin <board>... [--why <text>]
       update-server tag <board> <tag>... [--remove]
       update-server rename <board> [<name>]
       update-server forget <board>...
       update-server serve-once <board> [<image>] [--why <text>]
       update-server fault <board> <fault>
       update-server fault off
       update-server serve-build <image> <build|newest> [--why <text>]
       update-server rollout [<image> start|continue|halt|back|finish] [--stages <list>]
                             [--build <build>] [--why <text>] [--json]
       update-server log [<image>] [--follow] [--json]
       update-server mcp
       update-server completion bash|zsh
       update-server --help | --version

Serves the images below a folder to mkbox boards, over HTTP.

  --fault   serves with a fault on purpose, to try a board's updater: cut:<percent>,
            stall:<percent>, slow:<kB per second>, byte, checksum, late:<seconds>,
            404 or 503, for the next image, or for the board at <address>; off
            after that image, in any case after ten minutes

  verify    checks all images, or those that <name> finds, to the last byte
  explain   tells which image a board would get, or why none
  try       asks a server as a board does, writes nowhere, and tells what it would run
  pack      makes .img.zst, .img.sha256 and .img.buildID of a raw image
  publish   puts a set from elsewhere, or a raw image, in the place of the former one
  ls        lists a folder inside an image, as the board sees it
  cat       writes a file inside an image to standard output
  packages  lists the packages that are installed in an image
  diff      tells what is different in the second image
  sbom      prints a bill of materials of an image, as CycloneDX
  mcp       answers language models on standard input and output, and only reads
  completion  prints what bash or zsh reads to complete update-server

  These control a server that runs, by CONTROL_PATH:

  boards    lists the boards that it knows
  images    lists the images that it has
  builds    lists the builds that it serves and keeps
  hold      puts boards on hold: they boot on with what they have
  release   releases boards from their holds, and from having been stopped
  pin       gives a board a certain build, or another image, whatever it asks for
  unpin     gives boards what they ask for again
  tag       adds tags to a board
  rename    names a board
  forget    forgets boards until they ask again
  serve-once  gives a board one update, though it was stopped or it is not its turn
  fault     serves a board with a fault on purpose for ten minutes; off ends that
  serve-build  serves a kept build in place of the newest one, or the newest again
  rollout   sends a new build out in stages, and decides how that goes on
  log       prints what was decided, of an image or all: who, when, and why

  <board> is a name, an address, a hardware address, or tag:<tag>. Where several go by
  one, it is <address>/<box>, <address>/<box>/<kind of board>, or id:<its ID>.
  <image> is <box>/<image> or <image> below IMAGE_PATH, or the path of an .img or
  .img.zst; <image>:initramfs:<path> is a path in its initramfs. To diff, @<build ID>
  is a build that was looked at before. <command> --help tells more of each.

environment:
  HOST                 name or address to listen on (127.0.0.1); 0.0.0.0 for all
  PORT                 port to listen on (8080); 0 picks a free one
  IMAGE_PATH           folder with the boxes' folders (./)
  FOLLOW_LINKS         true: serve folders in it that are links out of it (false)
  STOP_AFTER_REQUEST   true: stop after the first completed update (false)
  ALLOW                networks that may ask for anything, with commas (all)
  AUTH                 user:password, or a file of them: who may ask (everyone)
  TLS_CERT, TLS_KEY    certificate and key, PEM files: speaks HTTPS (none)
  ALLOWED_HOSTS        further names boards call it by, with commas (none)
  STATE_PATH           file that keeps what is known of boards (none)
  KEEP_BUILDS          earlier builds of each image to keep, to serve them again
                       (none); 0 removes those that nobody chose
  KEEP_PATH            folder to keep them in (builds, beside STATE_PATH)
  KEEP_SIZE            how much they may take, such as 500M or 20G (5G)
  ROLLOUT              stages in which a new build goes out, such as 1,10%,all: one
                       board, a tenth of them, all (all at once)
  ROLLOUT_WAIT         after this time the next stage opens, too, such as 30m (never)
  STOP_LOOPS           false: send a build again to a board that got it three times
                       and still reports another (true)
  STATUS_ALLOW         networks that may see the status page, with commas (none)
  TRUSTED_PROXIES      proxies whose X-Forwarded-For is believed (none)
  RATE_LIMIT           bytes per second of all boards together, such as 500k, 12.5M
                       or 1G (no limit)
  MAX_TRANSFERS        images sent at a time; further boards wait (no limit)
  CHECKS_PATH          file that keeps what is known of images
                       (~/.cache/mkbox/checks.json); none keeps nothing
  INSIDE_CACHE         how much of decompressed images is kept to look inside, such
                       as 500M (4G); none keeps nothing
  ALLOW_FOREIGN        true: serve images that mkbox did not make, too (false)
  CONTROL_PATH         the socket by which the server is controlled (control.sock, in
                       $RUNTIME_DIRECTORY, else beside STATE_PATH, else in
                       $XDG_RUNTIME_DIR/mkbox); none opens none. Commands also try
                       the socket of the systemd service
  LOG_FORMAT           text, json or journald (text; journald in the journal)

endpoints:
  /list[/<search>]                       the images, one <box>/<image> a line
  /update/<box>/<image>[/<buildID>]      an update, or an empty tar for that build
  /update?name=&board=&branch=&version=&build_id=   the same, as boards ask

  /, /status, /metrics, /healthz         for people and monitoring, on this machine

example:
  HOST=0.0.0.0 IMAGE_PATH=boxes update-server
`;

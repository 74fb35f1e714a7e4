/** A project on no disk: files by their paths. */
import path from 'node:path';
import { type BoxbuildFinding, findFaults } from '../../src/boxbuild/findings.ts';
import type { Files } from '../../src/boxbuild/layout.ts';

/** The texts of files, by their paths below the project's folder. */
export type Texts = Readonly<Record<string, string>>;

export const ROOT = path.resolve('/project');

/** The files of a project. */
export function filesOf(texts: Texts): Files {
  const files = new Map(Object.entries(texts).map(([file, text]) => [path.join(ROOT, file), text]));
  return {
    read: async (file) => files.get(file),
    isFolder: async (folder) => [...files.keys()].some((file) => file.startsWith(folder + path.sep)),
    exists: async (file) => files.has(file),
    folders: async (folder) => {
      const below = [...files.keys()].filter((file) => file.startsWith(folder + path.sep));
      return [...new Set(below.map((file) => path.relative(folder, file).split(path.sep)).flatMap(firstOfMany))];
    },
  };
}

function firstOfMany([first, ...others]: readonly string[]): string[] {
  return first === undefined || others.length === 0 ? [] : [first];
}

/** What is found in one of a project's BOXBUILDs. */
export function findingsIn(texts: Texts, file: string): Promise<BoxbuildFinding[]> {
  return findFaults(path.join(ROOT, file), texts[file] ?? '', filesOf(texts));
}

/** A project in the form of a release of the mkbox-project, every way of writing that is used there in it. */
export const RELEASE: Texts = {
  'boards/board-a/BOXBUILD': `name="board-a"
root_size=90M

arch=aarch64
first_sector=2048
boot_size=128M
external_storage_dev=""
storage_dev="/dev/mmcblk0"

function flush()
{
    dd if="$SRC/loader.bin" of="$DEV" conv=notrunc seek=1
}`,
  'boards/board-b/BOXBUILD': `name="board-b"
root_size=160M
arch=armv7
first_sector=17384
boot_size=128M
external_storage_dev="/dev/mmcblk1"
storage_dev="/dev/mmcblk2"
APK_BRANCH="edge"

function flush()
{
    dd if="$SRC/flash.bin" of="$DEV" bs=1K seek=32
    mkimage -A arm -n "boot script" -d "$SRC/../config/boot.sh" "$SRC/../config/boot.scr"
}
`,
  'boxes/base-box/BOXBUILD': `extend "$BOARDS_BASE/$BOARD/BOXBUILD"

name="base-box"
inc_root_size 32M
domain="example.local"
update_server_http="https://update.example.local:5555"

initramfs_apks+=(
    bash
    busybox
    zstd
    tar
    curl
    bind-tools
)

apks+=(
    alpine-baselayout
    bash # the shell
    openrc
)


function initramfs()
{
    cp -r "$SRC/initramfs/"* "$DEST"
}

function root()
{
    cp -r "$SRC/root/"* "$DEST"

    enable_service "bootmisc" "boot"
    enable_service "syslog" "boot"
    enable_service "ntpd" "default"
    enable_service "mdev" "sysinit"
}`,
  'boxes/app-box/BOXBUILD': `## a layer on top
extend "$BOXES_BASE/base-box/BOXBUILD"

inc_root_size 250M
name="app-box"

apks+=(
    openssh
    docker
    ca-certificates
)

function root()
{
    cp -r "$SRC/root/"* "$DEST"
    enable_service "docker" "default"
    enable_service "sshd" "default"
    enable_service "update-ca-certificates" "default"
}`,
  'boxes/app-box/root/etc/init.d/update-ca-certificates': '',
  'boxes/lab-box/BOXBUILD': `extend "$BOXES_BASE/app-box/BOXBUILD"
name="lab-box"
inc_root_size 74M

## the environment may say otherwise
LAB_USER="\${LAB_USER:-user}"
LAB_USER_PW="\${LAB_USER_PW:-secret}"

apks+=(
    bind-tools
    sudo
    prometheus-node-exporter
    prometheus-node-exporter-openrc
)

function root()
{
    chroot "$DEST" /usr/sbin/adduser -D -h /home/user "$LAB_USER" && echo "$LAB_USER:$(tr -d x <<< "$LAB_USER_PW")"
    cp -r "$SRC/root/"* "$DEST"
    envsubst < "$DEST/etc/lab.conf.in" > "$DEST/etc/lab.conf"
    enable_service "lab-connector" "default"
    enable_service "node-exporter" "default"
    [ "$LAB_USER" != "user" ] && mv -T "$DEST/home/user/" "$DEST/home/$LAB_USER/"

}`,
  'boxes/lab-box/root/etc/init.d/lab-connector': '',
  'boxes/shop-box/BOXBUILD': `extend "$BOXES_BASE/lab-box/BOXBUILD"

name="shop-box"
inc_root_size 80M

apks+=(
    cifs-utils
)

function root()
{
    cp -r "$SRC/root/"* "$DEST"
    enable_service "mount-fstab" "default"  
} 
`,
  'boxes/shop-box/root/etc/init.d/mount-fstab': '',
  'examples/blink/BOXBUILD': `extend "$BOXES_BASE/base-box/BOXBUILD"

name="example-blink"
inc_root_size 180M

apks+=(
    openssh
    ca-certificates
    python3
)

function root()
{
    chroot "$DEST" /usr/sbin/adduser -D $(head -1 "$SRC/users")
    
    cp -r "$SRC/root/"* "$DEST"

    enable_service "example" "default"
    enable_service "sshd" "default"
    enable_service "update-ca-certificates" "default"
}`,
  'examples/blink/root/etc/init.d/example': '',
};

/** What the image tells the board that runs it: the lines that mkbox writes, without the empty ones. */
export function boardConf(box, { buildID, board, branch, version, bytes }) {
  return `imgname="${box.name || 'box-linux'}"
arch=${box.arch}
board="${board}"
buildID=${buildID}
external_storage_dev=${box.external_storage_dev}
storage_dev=${box.storage_dev}
first_sector=${box.first_sector}
boot_size=${box.boot_size}
min_root_size=
update_server_http="${process.env.BOX_UPDATE_SERVER_HTTP || box.update_server_http}"
max_copy_block_count=${Math.ceil(bytes / 1048576)}M
copy_block_size=1M
use_force_update_dns="${box.use_force_update_dns || 'true'}"
use_force_update_config="${box.use_force_update_config || 'true'}"
${optional('domain', process.env.BOX_DOMAIN || box.domain)}${optional('box_branch', branch)}${optional('box_version', version)}`;
}

function optional(name, value) {
  return value ? `${name}=${value}\n` : '';
}

# SPDX-License-Identifier: BSD-3-Clause
# Completion of the command sessmirror for bash.

_sessmirror() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' i
    local commands='status check refill show destroy convert page'
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --ini | --pool | -d) i=$((i + 1)) ;;
            -*) ;;
            *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    case $before in
        --ini | --pool) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        --handler) mapfile -t COMPREPLY < <(compgen -W 'memcache memcached redis rediscluster files' -- "$word"); return ;;
    esac
    local words=''
    case $command in
        '') words="$commands --ini --pool -d --help --version" ;;
        status) words='--url --all --json --prometheus --help' ;;
        check) words='--url --timeout --json --help' ;;
        refill) words='--json --quiet --help' ;;
        show) words='--keys --contents --json --help' ;;
        destroy) words='--json --help' ;;
        convert) words='--handler --json --help' ;;
        page) words='--json --help' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    if [ "$command" = convert ] && [[ $word != -* ]]; then mapfile -t COMPREPLY < <(compgen -f -- "$word"); fi
}
complete -o filenames -F _sessmirror sessmirror

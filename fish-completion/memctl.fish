# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for memctl(8). Commands, options, columns and keys are those of memctl's own help: here is no list of them.
# A word and what it means have a tab between.

# Of the help on standard input: options
function __memctl_options
    awk '/^Examples:/ { exit }
        /^  (-.,|   ) --/ {
            print line
            line = $0
            sub(/^ *(-.,)? *--/, "--", line); sub(/[[=][^ ]*/, "", line); sub(/ +/, "\t", line)
            next
        }
        /^          / && line { sub(/^ +/, " "); line = line $0; next }
        { print line; line = "" }' | string match -r '^-.*'
end

# Of the help on standard input: the words below a heading
function __memctl_section --argument-names heading
    awk -v heading=$heading '$0 == heading { inside = 1; next }
        inside && !/^  / { exit }
        inside { sub(/^  /, ""); word = $1; sub(/^[^ ]+( [A-Z][A-Z]+)* */, ""); print word "\t" $0 }'
end

# usage: __memctl_column COLUMN [OPTION...]: what memctl lists in a column, each value once
function __memctl_column
    $__memctl_run list -nr --summary=never -o $argv 2>/dev/null | awk '/^[0-9A-Za-z][0-9A-Za-z,.: -]*$/ && !seen[$0]++'
end

# usage: __memctl_pending COMMAND COLUMN [OPTION...]: the same of what the command can change
function __memctl_pending
    set -l rest $argv[3..-1]
    switch $argv[1]
        case online
            __memctl_column $argv[2] --state offline $rest
        case offline explain
            __memctl_column $argv[2] --state online $rest
        case configure
            __memctl_column CONFIGURED,$argv[2] $rest | string replace -rf '^no ' ''
        case deconfigure
            __memctl_column CONFIGURED,$argv[2] --state offline $rest | string replace -rf '^yes ' ''
        case '*'
            __memctl_column $argv[2] $rest
    end
end

# usage: __memctl_value COMMAND OPTION VALUE SYSROOT: what the value of an option may be; HELP is on standard input
function __memctl_value --argument-names command option value sysroot
    switch $option
        case color
            string split ' ' 'auto always never'
        case summary
            string split ' ' 'always never only'
        case force
            string split ' ' 'memory ratio'
        case memmap-on-memory
            string split ' ' 'yes no'
        case by
            string split ' ' 'node source zone'
        case for
            string split ' ' 'online offline present absent'
        case state
            string split ' ' 'online offline going-offline'
        case output
            __memctl_section Columns:
        case split
            __memctl_section Columns:
            echo none
        case zone
            __memctl_column ZONE
        case node
            __memctl_column NODE | string split , | sort -nu
        case range
            __memctl_pending $command RANGE
        case block
            if string match -qr '(^|[,-])m[^,-]*$' -- $value
                __memctl_pending $command BLOCK --all | string replace -r '^' memory
            else
                __memctl_pending $command BLOCK --all
            end
        case source
            switch $command
                case configure
                    for file in $sysroot/sys/bus/dax/devices/dax*/state
                        string replace -r '.*/([^/]*)/state$' '$1' -- $file
                    end
                case remove
                    __memctl_column SOURCE | string match -r '^(?:dimm:|dax[0-9]).*'
                case '*'
                    __memctl_column SOURCE
            end
    end
end

# usage: __memctl_policy [OPERAND...]: what may follow these operands of "memctl policy"; its help is on standard input
function __memctl_policy
    switch (count $argv)":$argv[1]:$argv[2]"
        case '0:*'
            __memctl_section 'What it can do:'
        case 1:set: 1:unset:
            awk '/^Keys that/ { inside = 1; next }
                !/^  / { inside = 0 }
                inside { print $1 }'
        case 2:set:auto_online_blocks 2:set:memhp_default_state
            string split ' ' 'offline online online_kernel online_movable'
        case 2:set:online_policy
            string split ' ' 'contig-zones auto-movable'
        case 2:set:auto_movable_numa_aware
            string split ' ' 'Y N'
        case 2:set:memmap_on_memory
            string split ' ' 'Y N force'
        case 2:set:movable_node
            echo Y
        case 2:set:kernelcore
            echo mirror
    end
end

# What may stand at the cursor
function __memctl
    set -l cur (commandline -ct)
    set -l line (commandline -opc)
    set -l command
    set -l sysroot
    set -l operands
    set -g __memctl_run $line[1]
    set -l help ($__memctl_run --help 2>/dev/null)
    set -l takes sysroot
    set -l option

    for word in $line[2..-1]
        if test -n "$option"
            test $option != sysroot; or set sysroot $word
            set option
        else if set -l found (string match -r '^--([a-z-]+)$' -- $word)
            contains -- $found[2] $takes; and set option $found[2]
        else if set -l found (string match -r '^--sysroot=(.*)' -- $word)
            set sysroot $found[2]
        else if set -l found (string match -r '^-[A-Za-z]*([A-Za-z])$' -- $word)
            # -s DIR, -anro LIST
            set -l long (string match -r "^  -$found[2], --([a-z-]+)=" -- $help)
            test -n "$long"; and set option $long[2]
        else if not string match -q -- '-*' $word
            if test -n "$command"
                set -a operands $word
            else
                set command $word
                set help ($__memctl_run $command --help 2>/dev/null)
                set takes (string replace -rf '^  (?:-.,|   ) --([a-z-]+)=.*' '$1' -- $help)
            end
        end
    end
    set sysroot (string replace -r '^~/' "$HOME/" -- $sysroot)
    test -z "$sysroot"; or set -a __memctl_run --sysroot=$sysroot

    # The value of an option, which may be a list, in the same word or in one of its own
    set -l head ''
    if test -z "$option"; and set -l found (string match -r '^(--([a-z-]+)=)(.*)' -- $cur)
        set option $found[3]
        set head $found[2]
        set cur $found[4]
    end
    if test "$option" = sysroot
        for folder in (__fish_complete_directories $cur)
            echo $head$folder
        end
        return
    else if test -n "$option"
        set -l separators
        contains -- $option output split range source force; and set separators ,+
        contains -- $option node block; and set separators ,-
        set -l items
        if test -n "$separators"; and set -l found (string match -r "^(.*[$separators])[^$separators]*\$" -- $cur)
            set head $head$found[2]
            set items (string split , -- (string trim -l -c + -- $found[2]))
        end
        printf '%s\n' $help | __memctl_value "$command" $option "$cur" "$sysroot" | while read -l word
            contains -- (string split -f 1 \t -- $word) $items; or echo $head$word
        end
        return
    end

    if string match -q -- '-*' $cur
        printf '%s\n' $help | __memctl_options
    else
        switch "$command"
            case '' help
                $__memctl_run --help 2>/dev/null | __memctl_section Commands:
            case policy
                # set KEY=VALUE
                if test "$operands" = set; and set -l found (string match -r '^([^=]*)=' -- $cur)
                    set -a operands "$found[2]"
                    set head $found[1]
                end
                printf '%s\n' $help | __memctl_policy $operands | string replace -r '^' "$head"
            case save diff restore
                __fish_complete_path $cur
            case '*'
                printf '%s\n' $help | __memctl_options
        end
    end
end

complete -c memctl -f -k -a '(__memctl)'

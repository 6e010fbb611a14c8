function __smtp-sink_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __smtp-sink_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __smtp-sink_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __smtp-sink_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __smtp-sink_parse_tokens -S
    set -l unparsed_tokens (__smtp-sink_tokens -pc)
    switch $unparsed_tokens[1]
    case 'smtp-sink'
        __smtp-sink_parse_subcommand -r 1 'maildir=' 'split=' 'mbox=' 'd/dump=' 'D/dump-all=' 'S/dump-start=' 'exec=' 'sync=' 'eol=' 'envelope-headers' 'print=' 'json' '0' 'events=' 'trace=' 'v/verbose' 'q/quiet' 'M/count=' 'n/sessions=' 'wait=' 'expect=+' '4' '6' 'm/max-connections=' 'port-file=' 'ready-fd=' 'u/run-as=' 'R/chroot=' 't/timeout=' 'drain=' 'h/hostname=' 'ident=' 'L/lmtp' 'size=' 'disable=+' '8' 'N' 'p' 'E' 'e/no-esmtp' 'P/pix' 'ehlo-add=+' 'strict' 'bare-newline=' 'reply=+' 'rules=' 'seed=' 'r=+' 'f=+' 'Q=+' 'b=' 'B=' 'w=' 'W=+' 'A=' 'H=' 'tls-cert=+' 'tls-key=+' 'tls-self-signed' 'implicit-tls' 'require-tls' 'client-ca=' 'tls-min=' 'auth-users=' 'auth-any' 'auth-mechanisms=' 'auth-plaintext' 'require-auth' 'proxy-protocol=' 'proxy-timeout=' 'xclient=' 'xforward=' 'limit-command=' 'limit-auth-line=' 'limit-line=' 'limit-local-part=' 'limit-recipients=' 'limit-commands=+' 'limit-unknown=' 'limit-headers=' 'a' 'c' 'C' 'F' 'version' 'help'
    end
end

function __smtp-sink_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __smtp-sink_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __smtp-sink_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __smtp-sink_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__smtp-sink_tokens -p)
    if test -z "$(__smtp-sink_tokens -t)"
        set -l index (count (__smtp-sink_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'smtp-sink' -f
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" maildir' -l 'maildir' -d 'Deliver into this Maildir, made if need be.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" split' -l 'split' -d 'A Maildir below that one for each of these.' -rfka 'recipient domain sender user'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" mbox' -l 'mbox' -d 'Append to this mbox.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" d dump' -l 'dump' -s 'd' -d 'Write each message to a file named by strftime(3) and a number.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" D dump-all' -l 'dump-all' -s 'D' -d 'Append messages to a file named by strftime(3).' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" S dump-start' -l 'dump-start' -s 'S' -d 'What stands before each message of a dump.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" exec' -l 'exec' -d 'Run this for each message, which is its input.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" sync' -l 'sync' -d 'What is flushed to disk before the 250.' -rfka 'none file full'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" eol' -l 'eol' -d 'Line ends of stored messages.' -rfka 'lf crlf'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" envelope-headers' -l 'envelope-headers' -d 'Add Return-Path, Delivered-To and Received.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" print' -l 'print' -d 'What stdout carries for each message.' -rfka 'path line message none'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" json' -l 'json' -d 'Events as JSON lines on stdout.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" 0' -s '0' -d 'End records with NUL.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" events' -l 'events' -d 'Append events as JSON lines there.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" trace' -l 'trace' -d 'Append the dialogues there.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -l 'verbose' -s 'v' -d 'Say more; twice for the dialogues.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -l 'quiet' -s 'q' -d 'Say less.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" M count' -l 'count' -s 'M' -d 'Stop after N messages.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" n sessions' -l 'sessions' -s 'n' -d 'Stop after N sessions.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" wait' -l 'wait' -d 'The longest wait for --count, --sessions and --expect.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -l 'expect' -d 'A message that must come; smtp-sink(1).' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" 4' -s '4' -d 'Listen at IPv4 addresses alone.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" 6' -s '6' -d 'Listen at IPv6 addresses alone.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" m max-connections' -l 'max-connections' -s 'm' -d 'Serve N clients at once; more wait in the queue.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" port-file' -l 'port-file' -d 'Write HOST:PORT there when listening.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" ready-fd' -l 'ready-fd' -d 'Write HOST:PORT there when listening.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" run-as u' -l 'run-as' -s 'u' -d 'Become this user once the sockets are open.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" R chroot' -l 'chroot' -s 'R' -d 'Change the root directory once the sockets are open.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" t timeout' -l 'timeout' -s 't' -d 'The longest silence of a client.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" drain' -l 'drain' -d 'How long transactions may take to end on SIGTERM.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" h hostname' -l 'hostname' -s 'h' -d 'The name in the greeting and EHLO.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" ident' -l 'ident' -d 'The rest of the 220 line.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" L lmtp' -l 'lmtp' -s 'L' -d 'Speak LMTP instead of SMTP.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" size' -l 'size' -d 'Octets of a message, k M G; 0 is any number.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -l 'disable' -d 'Neither announce nor accept these keywords.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" 8' -s '8' -d 'As --disable 8BITMIME.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" N' -s 'N' -d 'As --disable DSN.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" p' -s 'p' -d 'As --disable PIPELINING.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" E' -s 'E' -d 'As --disable ENHANCEDSTATUSCODES.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" e no-esmtp' -l 'no-esmtp' -s 'e' -d 'Refuse EHLO.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" P pix' -l 'pix' -s 'P' -d 'Refuse EHLO, and greet with stars.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -l 'ehlo-add' -d 'One more line of the EHLO reply.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" strict' -l 'strict' -d 'Hold commands to the letter of RFC 5321.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" bare-newline' -l 'bare-newline' -d 'What to do about a bare CR or LF.' -rfka 'reject accept normalize'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -l 'reply' -d 'Answer by this rule; smtp-sink(1), RULES.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" rules' -l 'rules' -d 'Answer by the rules in this file, one a line.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" seed' -l 'seed' -d 'What the odds of rules are drawn from.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -s 'r' -d 'Refuse these commands for now, and do as -p.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -s 'f' -d 'Refuse these commands for good, and do as -p.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -s 'Q' -d 'Answer 421 to these commands and close.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" b' -s 'b' -d 'What -r answers.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" B' -s 'B' -d 'What -f answers.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" w' -s 'w' -d 'Wait before the reply to DATA.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -s 'W' -d 'Wait before the reply to a command; some times, by chance.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" A' -s 'A' -d 'Wait behind 354, then answer 550 and close.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" H' -s 'H' -d 'Wait behind 354 before the data is read.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -l 'tls-cert' -d 'Certificate chain, PEM; FILE.ocsp is its staple. Once for each name.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -l 'tls-key' -d 'The key of the certificate, PEM.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" tls-self-signed' -l 'tls-self-signed' -d 'Make a certificate at start; =FILE takes what is to be trusted.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" implicit-tls' -l 'implicit-tls' -d 'TLS from the first octet.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" require-tls' -l 'require-tls' -d 'Do next to nothing without TLS.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" client-ca' -l 'client-ca' -d 'Ask clients for certificates of these authorities, PEM.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" tls-min' -l 'tls-min' -d 'The oldest version of TLS.' -rfka '1.0 1.1 1.2 1.3'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" auth-users' -l 'auth-users' -d 'Users who may log in: USER:PASSWORD lines.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" auth-any' -l 'auth-any' -d 'Let anybody log in, with anything.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" auth-mechanisms' -l 'auth-mechanisms' -d 'Offer these mechanisms alone.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" auth-plaintext' -l 'auth-plaintext' -d 'Offer mechanisms that send the secret without TLS, too.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" require-auth' -l 'require-auth' -d 'Take no mail without a login.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" proxy-protocol' -l 'proxy-protocol' -d 'Expect a PROXY header, from these networks.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" proxy-timeout' -l 'proxy-timeout' -d 'The longest wait for the header.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" xclient' -l 'xclient' -d 'Believe XCLIENT from these networks.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" xforward' -l 'xforward' -d 'Take XFORWARD from these networks.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" limit-command' -l 'limit-command' -d 'Octets of a command line.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" limit-auth-line' -l 'limit-auth-line' -d 'Octets of a line of AUTH.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" limit-line' -l 'limit-line' -d 'Octets of a line of data; 0 is any number.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" limit-local-part' -l 'limit-local-part' -d 'Octets of a local part; 0 is any number.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" limit-recipients' -l 'limit-recipients' -d 'Recipients of a message.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink"' -l 'limit-commands' -d 'Calls of a command in a session.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" limit-unknown' -l 'limit-unknown' -d 'Unknown commands in a session.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" limit-headers' -l 'limit-headers' -d 'Octets of header kept for events.' -rfka ''
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" a' -s 'a' -d 'Nothing: AUTH is offered to those who can use it.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" c' -s 'c' -d 'Nothing: --events counts.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" C' -s 'C' -d 'Nothing: there is no XCLIENT unless asked for.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" F' -s 'F' -d 'Nothing: there is no XFORWARD unless asked for.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" version' -l 'version' -d 'Show the version.'
complete -c 'smtp-sink' -n '__smtp-sink_should_offer_completions_for_flags_or_options "smtp-sink" help' -l 'help' -d 'Show help information.'

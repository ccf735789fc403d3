#!/usr/bin/env bash
# Checks one exported run with stock tools: bash, coreutils, sed, grep, OpenSSL 3 and ssh-keygen.
# Usage: ./verify.sh [FILE]    FILE holds the certificates of time stamp authorities, as PEM.
# It says what it checked, and stops with exit 1 and the place of the first thing that is wrong.
set -u -o pipefail
export LC_ALL=C
cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 1
authorities=${1:-}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

fail() { printf 'FAILED: %s\n' "$*"; exit 1; }
ok() { printf 'ok: %s\n' "$*"; }
note() { printf 'note: %s\n' "$*"; }
counted() { if [ "$1" -eq 1 ]; then printf '1 %s' "$2"; else printf '%s %s' "$1" "$3"; fi; } # number one many

for program in openssl ssh-keygen sha256sum basenc base64 sed grep split paste; do
    command -v "$program" > "$work/which" || fail "this check needs the program $program"
done

# The end of a record's line; what comes before cannot imitate it, because it ends the line.
tail_of='"mono":[0-9]*,"n":\([0-9]*\),"prev":"\([A-Za-z0-9+/=]*\)","rn":\([a-z0-9]*\),"run":\(null\|"[^"]*"\),\("skew":[0-9]*,\)\{0,1\}"ts":"\([^"]*\)","type":"\([^"]*\)","v":1}$'
field() { sed -n "s/^.*,$tail_of/\\$1/p" <<< "$2"; }

# Hashes many files named by number with one process for a few thousand of them.
hash_files() { # directory: prints one hash a line, in the order of the names
    local directory=$1 list=() name
    for name in "$directory"/*; do
        list+=("$name")
        if [ "${#list[@]}" -eq 2000 ]; then sha256sum -- "${list[@]}" | cut -c1-64; list=(); fi
    done
    if [ "${#list[@]}" -gt 0 ]; then sha256sum -- "${list[@]}" | cut -c1-64; fi
}

# The root of an RFC 6962 tree over the first $1 leaves, level by level, as hex.
declare -A roots=()
root_of() {
    if [ -n "${roots[$1]:-}" ]; then root=${roots[$1]}; return; fi
    head -n "$1" leaves > "$work/level"
    local count=$1
    while [ "$count" -gt 1 ]; do
        rm -rf "$work/nodes"; mkdir "$work/nodes"
        head -n $((count / 2 * 2)) "$work/level" | paste -d '' - - | sed 's/^/01/' | tr a-f A-F \
            | tr -d '\n' | basenc --base16 -d | (cd "$work/nodes" && split -b 65 -a 7 -d - n)
        hash_files "$work/nodes" > "$work/next"
        if [ $((count % 2)) -eq 1 ]; then tail -n 1 "$work/level" >> "$work/next"; fi
        mv "$work/next" "$work/level"
        count=$(wc -l < "$work/level")
    done
    root=$(cat "$work/level")
    roots[$1]=$root
}
base64_of_hex() { printf %s "$1" | tr a-f A-F | basenc --base16 -d | base64 -w 0; }

# --- the signed head ---------------------------------------------------------------------------
check_note() { # file
    sed '/^$/,$d' "$1" > "$work/text"
    local key
    for key in keys/*.pem; do
        local hash=${key#keys/}; hash=${hash%.pem}
        grep -a "^— $(sed -n 1p "$work/text") " "$1" | cut -d' ' -f3 > "$work/lines"
        while read -r encoded; do
            printf %s "$encoded" | base64 -d > "$work/raw"
            [ "$(head -c 4 "$work/raw" | basenc --base16 | tr A-F a-f)" = "$hash" ] || continue
            tail -c +5 "$work/raw" > "$work/sig"
            openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in "$work/text" \
                -sigfile "$work/sig" > "$work/out" 2>&1 && return 0
        done < "$work/lines"
    done
    return 1
}
check_note checkpoint || fail "checkpoint: no key in keys/ has signed it"
origin=$(sed -n 1p checkpoint); size=$(sed -n 2p checkpoint); head_root=$(sed -n 3p checkpoint)
ok "checkpoint of $origin over $size records is signed by a key in keys/"
[ "$(wc -l < leaves)" -eq "$size" ] || fail "leaves: $(wc -l < leaves) lines, the checkpoint covers $size"
if bad=$(grep -nvE '^[0-9a-f]{64}$' leaves | head -n 1) && [ -n "$bad" ]; then
    fail "leaves: line ${bad%%:*} is no hash"
fi
root_of "$size"
tree_ok=yes
[ "$(base64_of_hex "$root")" = "$head_root" ] || tree_ok=no

# --- the records -------------------------------------------------------------------------------
mapfile -t leaves_list < leaves
check_records() { # file
    local line number=0 n leaf
    rm -rf "$work/lines.d"; mkdir "$work/lines.d"
    while IFS= read -r line; do
        printf '\0%s' "$line" > "$work/lines.d/$(printf_number "$number")"
        number=$((number + 1))
    done < "$1"
    hash_files "$work/lines.d" > "$work/hashes"
    sed "s/^.*,$tail_of/\\1 \\3 \\4 \\7/; t; s/^.*$/none/" "$1" > "$work/fields"
    number=0
    while read -r n _; do
        number=$((number + 1))
        [ "$n" != none ] || fail "$1 line $number is no record"
        read -r leaf <&3
        [ "${leaves_list[n]:-}" = "$leaf" ] \
            || fail "$1 line $number: record $n is not the one in the tree (altered record or leaf)"
    done < "$work/fields" 3< "$work/hashes"
    ok "$(counted "$number" "record of $1 is" "records of $1 are") in the tree"
}
printf_number() { printf %07d "$1"; }
check_records workspace.jsonl
check_records records.jsonl
[ $tree_ok = yes ] || fail "leaves: their root is not the one that was signed (a leaf was altered)"
ok "the root over all $size leaves is the one that was signed"
for key in keys/*.vkey; do
    grep -qF -- "\"$(< "$key")\"" workspace.jsonl || fail "$key is not a key that the trail names"
    { printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'
      cut -d+ -f3- "$key" | base64 -d | tail -c 32; } > "$work/der"
    openssl pkey -pubin -inform DER -in "$work/der" -out "$work/pem" 2> "$work/out"
    [ "$(< "$work/pem")" = "$(< "${key%.vkey}.pem")" ] || fail "${key%.vkey}.pem is not the key of $key"
    note "compare with what you were told when the trail began: $(< "$key")"
done

# --- the run is complete -----------------------------------------------------------------------
expected=0; run=''; kind=''
while read -r n index this kind; do
    [ "$index" = "$expected" ] \
        || fail "records.jsonl: record $n is number $index of the run, expected $expected: one is missing"
    [ -z "$run" ] || [ "$run" = "$this" ] || fail "records.jsonl: record $n is of another run"
    run=$this; last_kind=$kind; expected=$((expected + 1))
done < "$work/fields"
if [ "${last_kind:-}" = run.closed ]; then
    count=$(tail -n 1 records.jsonl | sed -n 's/^.*"body":{"count":\([0-9]*\),.*$/\1/p')
    [ "$count" = "$expected" ] || fail "records.jsonl: the close counts $count records, there are $expected"
    ok "the run is closed and complete: $expected records"
else
    note "the run is not closed: more of its $expected records may follow"
fi

# --- plan --------------------------------------------------------------------------------------
line_of() { grep -F -- ",\"n\":$1,\"prev\":" "$2" | while IFS= read -r line; do
    if [ "$(field 1 "$line")" = "$1" ]; then printf '%s\n' "$line"; break; fi; done; }
header=none
if [ -f plan/header.json ]; then
    header=sha256:$(sha256sum < plan/header.json | cut -c1-64)
    proposed=$(grep -F '"type":"plan.proposed"' records.jsonl | head -n 1)
    grep -qF "\"header\":\"$header\"" <<< "$proposed" || fail "plan/header.json is not the header that was proposed"
    while IFS= read -r named; do
        [ -f "plan/part-$named.json" ] || fail "plan/part-$named.json, which was proposed, is missing"
    done < <(grep -oE '"digest":"sha256:[0-9a-f]{64}","id"' <<< "$proposed" | cut -c18-81)
    for part in plan/part-*.json; do
        [ -f "$part" ] || continue
        name=${part#plan/part-}; name=${name%.json}
        [ "$(sha256sum < "$part" | cut -c1-64)" = "$name" ] || fail "$part was altered"
        grep -qF "{\"header\":\"$header\",\"part\":" "$part" || fail "$part belongs to another header"
        grep -F '"type":"plan.' records.jsonl | grep -qF "\"digest\":\"sha256:$name\"" \
            || fail "$part was never proposed"
    done
    for change in plan/changes/*.json; do
        [ -f "$change" ] || continue
        name=${change#plan/changes/}; name=${name%.json}
        [ "$(sha256sum < "$change" | cut -c1-64)" = "$name" ] || fail "$change was altered"
        grep -qF -f "$change" plan/part-*.json || fail "$change is in no part of the plan"
    done
    ok "the plan's header, parts and changes are the ones that were proposed"
fi

# --- the request -------------------------------------------------------------------------------
text_of() { sed -n "s/^.*\"$1\":\"\\([^\"]*\\)\".*$/\\1/p" "$2"; }
signers_of() { # policy, statement: sets signers to the lines of a policy that is the one it is named
    signers=policies/${1#sha256:}.allowed_signers
    [ -f "$signers" ] || fail "$2: its policy $1 is not in the bundle"
    [ "$(sha256sum < "${signers%.allowed_signers}.json" | cut -c1-64)" = "${1#sha256:}" ] \
        || fail "${signers%.allowed_signers}.json was altered"
    while IFS= read -r listed; do
        grep -qF -- "\"${listed//\"/\\\"}\"" "${signers%.allowed_signers}.json" \
            || fail "$signers: a line is not in the policy: $listed"
    done < "$signers"
}
signature_in() { # statement, record: the record has exactly this statement and signature
    grep -qF -f "$1" <<< "$2" || fail "$1 is not what its record says"
    [ -f "$1.sig" ] || fail "$1.sig is missing"
    local signature; signature=$(< "$1.sig"); signature=${signature//$'\n'/\\n}
    grep -qF "\"sig\":\"$signature" <<< "$2" || fail "$1.sig is not the one of its record"
}
time_of() { local moment; moment=$(field 6 "$1"); moment=${moment%.*}; printf %s "${moment//[-:T]/}Z"; }
requested=0
for statement in requests/*.json; do
    [ -f "$statement" ] || continue
    n=${statement#requests/}; n=${n%.json}
    record=$(line_of "$n" records.jsonl)
    grep -qF '"type":"plan.proposed"' <<< "$record" || fail "$statement: record $n proposes no plan"
    signature_in "$statement" "$record"
    requester=$(text_of requester "$statement"); mode=$(text_of mode "$statement")
    space=irkit.request.v1; [ "$mode" = drill ] && space=irkit.drill-request.v1
    signers_of "$(text_of policy plan/header.json)" "$statement"
    # A line's namespaces limit what may be approved with its key, and a request approves nothing.
    sed 's/ namespaces="[^"]*"//' "$signers" > "$work/signers"
    ssh-keygen -Y verify -f "$work/signers" -I "$requester" -n "$space" -s "$statement.sig" \
        -Overify-time="$(time_of "$record")" < "$statement" > "$work/out" 2>&1 \
        || fail "$statement: not a valid signature of $requester: $(head -n 1 "$work/out")"
    grep -qF "\"header\":\"$header\"" "$statement" || fail "$statement is for another plan"
    [ "\"$(text_of run "$statement")\"" = "$run" ] || fail "$statement is for another run"
    ok "$requester signed the request for this plan"
    requested=1
done
if [ $requested = 0 ] && [ "$header" != none ]; then
    grep -F '"type":"run.opened"' records.jsonl | grep -qF '"mode":"drill"' \
        || fail "nobody signed the request for this plan"
    note "a drill: nobody signed the request for this plan"
fi

# --- approvals ---------------------------------------------------------------------------------
approved=0
: > "$work/votes"
for statement in approvals/*.json; do
    [ -f "$statement" ] || continue
    n=${statement#approvals/}; n=${n%.json}
    record=$(line_of "$n" records.jsonl); [ -n "$record" ] || record=$(line_of "$n" workspace.jsonl)
    [ -n "$record" ] || fail "$statement: the bundle has no record $n"
    signature_in "$statement" "$record"
    approver=$(text_of approver "$statement"); mode=$(text_of mode "$statement")
    decision=$(text_of decision "$statement"); policy=$(text_of policy "$statement")
    space=irkit.approval.v1; [ "$mode" = drill ] && space=irkit.drill-approval.v1
    signers_of "$policy" "$statement"
    ssh-keygen -Y verify -f "$signers" -I "$approver" -n "$space" -s "$statement.sig" \
        -Overify-time="$(time_of "$record")" < "$statement" > "$work/out" 2>&1 \
        || fail "$statement: not a valid signature of $approver: $(head -n 1 "$work/out")"
    seen=$(sed -n 's/^.*"trail":{"root":"\([^"]*\)","size":\([0-9]*\)}.*$/\2 \1/p' "$statement")
    [ "${seen%% *}" -le "$n" ] || fail "$statement speaks of ${seen%% *} records at record $n"
    root_of "${seen%% *}"
    [ "$(base64_of_hex "$root")" = "${seen#* }" ] \
        || fail "$statement: $approver was shown another history of ${seen%% *} records"
    if grep -qF '"run":null' <<< "$record"; then continue; fi
    grep -qF "\"header\":\"$header\"" "$statement" || fail "$statement is for another plan"
    [ "\"$(text_of run "$statement")\"" = "$run" ] || fail "$statement is for another run"
    for part in $(sed -n 's/^.*"parts":\[\([^]]*\)\].*$/\1/p' "$statement" | tr -d '"' | tr , ' '); do
        [ -f "plan/part-${part#sha256:}.json" ] || fail "$statement approves a part that is not in the plan"
        printf '%s %s %s %s\n' "$part" "$decision" "$approver" "$n" >> "$work/votes"
    done
    approved=$((approved + 1))
done
ok "$(counted "$approved" "approval is" "approvals are") signed by people of the pinned policy, for this plan and this history"

# --- what was done -----------------------------------------------------------------------------
intents=0
while IFS= read -r record; do
    n=$(field 1 "$record")
    body='"approvals":\[\([0-9,]*\)\],"attempt":[0-9]*,"change":"[^"]*","digest":"sha256:\([0-9a-f]*\)","part":"\(sha256:[0-9a-f]*\)"'
    change=$(sed -n "s/^.*$body.*$/\\2/p" <<< "$record")
    part=$(sed -n "s/^.*$body.*$/\\3/p" <<< "$record")
    votes=,$(sed -n "s/^.*$body.*$/\\1/p" <<< "$record"),
    file=plan/part-${part#sha256:}.json
    if [ -z "$part" ] || [ ! -f "$file" ]; then fail "record $n intends a part that is not in the plan"; fi
    if [ ! -f "plan/changes/$change.json" ] || ! grep -qF -f "plan/changes/$change.json" "$file"; then
        fail "record $n intends a change that is not in its part of the plan"
    fi
    while read -r p decision name vote; do
        if [ "$p $decision" = "$part deny" ] && [ "$vote" -lt "$n" ]; then
            fail "record $n acts although $name denied its part in record $vote"
        fi
    done < "$work/votes"
    need=$(grep -oE '"need":\{"exclude_requester":(true|false),"need":[0-9]+' "$file" | head -n 1 | grep -oE '[0-9]+$')
    who=$(while read -r p decision name vote; do
        if [ "$p" = "$part" ] && [ "$decision" = approve ] && [[ $votes == *,$vote,* ]]; then printf '%s\n' "$name"; fi
    done < "$work/votes" | sort -u | wc -l)
    if [ "$who" -lt "${need:-1}" ]; then
        if grep -qF '"type":"breakglass.used"' records.jsonl && [ "$who" -ge 1 ]; then
            note "record $n: one person acted alone under break-glass"
        else
            fail "record $n acts with $(counted "$who" approval approvals) where its part asks for ${need:-1}"
        fi
    fi
    intents=$((intents + 1))
done < <(grep -F '"type":"step.intent"' records.jsonl)
ok "$(counted "$intents" "intent is a change" "intents are changes") of the plan, with the approvals each part asks for"

# --- values that records only commit to ----------------------------------------------------------
hex_of() { sha256sum | cut -c1-64; }
shown=0
for opening in openings/*.json; do
    [ -f "$opening" ] || continue
    name=${opening#openings/}; name=${name%.json}; n=${name%%-*}
    record=$(line_of "$n" records.jsonl); [ -n "$record" ] || record=$(line_of "$n" workspace.jsonl)
    [ -n "$record" ] || fail "$opening: the bundle has no record $n"
    start='{"path":"\(\/[a-z_]*\)","salt":"\([A-Za-z0-9+/]\{43\}=\)","value":'
    path=$(head -c 300 "$opening" | sed -n "s/^$start.*$/\\1/p")
    salt=$(head -c 300 "$opening" | sed -n "s/^$start.*$/\\2/p")
    [ -n "$salt" ] || fail "$opening is no opening"
    before="{\"path\":\"$path\",\"salt\":\"$salt\",\"value\":"
    commitment=$({ printf %s "$salt" | base64 -d; printf '["irkit.commit.v1","%s",' "$path"
        tail -c +$((${#before} + 1)) "$opening" | head -c -1; printf ']'; } | hex_of)
    commitment=$(base64_of_hex "$commitment")
    grep -qF "\"${path#/}\":{\"\$c\":\"$commitment\"}" <<< "$record" \
        || fail "$opening does not open record $n: its value, place or salt was altered"
    shown=$((shown + 1))
done
committed=$(grep -ohE '\{"\$c":"[A-Za-z0-9+/]{43}="\}' records.jsonl workspace.jsonl | wc -l)
ok "$(counted "$shown" "value that records commit to is shown" "values that records commit to are shown"), as recorded; $((committed - shown)) withheld"

# --- evidence and anchors ----------------------------------------------------------------------
present=0; absent=0
while read -r hash path; do
    if [ ! -f "$path" ]; then absent=$((absent + 1)); continue; fi
    [ "$(sha256sum < "$path" | cut -c1-64)" = "$hash" ] || fail "$path was altered"
    grep -qF "sha256:$hash" records.jsonl workspace.jsonl || fail "$path is named by no record"
    present=$((present + 1))
done < evidence.sha256
ok "$(counted "$present" "file in blobs/ is" "files in blobs/ are") as recorded, $absent named but not in this bundle"
anchored=no
for stamp in anchors/*.tsr; do
    [ -f "$stamp" ] || continue
    stamped=${stamp%.tsr}.note
    check_note "$stamped" || fail "$stamped: no key in keys/ has signed it"
    root_of "$(sed -n 2p "$stamped")"
    [ "$(base64_of_hex "$root")" = "$(sed -n 3p "$stamped")" ] || fail "$stamped is of another history"
    when=$(openssl ts -reply -in "$stamp" -text 2> "$work/out" | sed -n 's/^Time stamp: //p')
    if [ -z "$authorities" ]; then
        note "$stamp says $when; give the authority's certificate to check it: ./verify.sh FILE"
        continue
    fi
    openssl ts -verify -data "$stamped" -in "$stamp" -CAfile "$authorities" \
        -attime "$(date -u -d "$when" +%s)" > "$work/out" 2>&1 || fail "$stamp does not verify"
    ok "$stamp: $(sed -n 2p "$stamped") records existed at $when"
    anchored=yes
done
[ $anchored = yes ] || note "not anchored by a time stamp: records after the last approval rest on the trail's key alone"
note "stock ssh-keygen does not check whether a security key was touched; irkit trail verify does"
printf 'VERIFIED: run %s of %s\n' "$run" "$origin"

#!/usr/bin/env bash
# shell.sh FOLDER: inotifywait sees the files in FOLDER/inbox, jq turns each into a VendorAdd document. It syncs nothing
# and remembers nothing: the least that such a script can do.
set -euo pipefail
cd "$1"
mkdir -p inbox outbox/.staging processed

# shellcheck disable=SC2016
program='def element($tag): select(. != null and . != "") | "<\($tag)>\(tostring | @html)</\($tag)>";
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?qbxml version=\"13.0\"?>\n<QBXML>\n"
    + "<QBXMLMsgsRq onError=\"continueOnError\">\n"
    + (map("<VendorAddRq requestID=\"\(.id)\"><VendorAdd>" + ([
        (.name | element("Name")),
        "<VendorAddress>", (.name | element("Addr1")), (.address | element("Addr2")), (.city | element("City")),
        (.state_code | element("State")), (.zip | element("PostalCode")), "</VendorAddress>",
        (.business_phone | element("Phone")), (.fax_number | element("Fax"))] | add)
        + "</VendorAdd></VendorAddRq>\n") | add)
    + "</QBXMLMsgsRq>\n</QBXML>"'

inotifywait -m -q -e close_write -e moved_to --format %f inbox | while IFS= read -r file; do
    jq -r "$program" "inbox/$file" >"outbox/.staging/$file"
    mv "outbox/.staging/$file" "outbox/${file%.json}.xml"
    mv "inbox/$file" processed/
done

// Some distributions build libxml2 with ICU, whose headers clash with the ICU that Foundation brings.
// Nothing here uses the converters that ICU would add, so they are left out of what Swift sees.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlreader.h>
#include <libxml/xmlerror.h>
#include <libxml/HTMLparser.h>

"""Markup: twenty-two payloads that would run or add something, each with the marker `xq`, and markup that only breaks.

`xq` stands as a name of an element or of an attribute wherever the payload would become markup: a page that, when
parsed, has such a name or a script, a handler or a foreign address beyond its own, has been broken into.
"""

from tests.badinput import INERT, Bad, many

STORED = many(
    INERT,
    "",
    script="<script xq>alert(1)</script>",
    image_that_fails="<img xq src=x onerror=alert(1)>",
    svg_that_loads="<svg xq/onload=alert(1)>",
    out_of_double_quotes='"><xq onclick=alert(1)>',
    out_of_single_quotes="'><xq onmouseover=alert(1)>",
    attribute_double='" xq="1" autofocus onfocus="alert(1)',
    attribute_single="' xq='1' autofocus onfocus='alert(1)",
    out_of_textarea="</textarea><xq></textarea>",
    out_of_title="</title><xq>",
    out_of_option="</option></select><xq>",
    out_of_script="</script><script xq>alert(1)</script>",
    out_of_comment="--><xq><!--",
    frame="<iframe xq srcdoc='<script>alert(1)</script>'></iframe>",
    link_script='<a xq href="javascript:alert(1)">x</a>',
    markdown_link_script="[xq](javascript:alert(1)) [xq](data:text/html;base64,PHNjcmlwdD4=)",
    markdown_image="![xq](http://127.0.0.1:9/xq.png) <http://127.0.0.1:9/xq>",
    markdown_breakout='[x](http://a"onmouseover="alert(1) "xq=\\"1")',
    form="<form xq action=//127.0.0.1:9><input name=password></form>",
    meta_refresh='<meta xq http-equiv=refresh content="0;url=//127.0.0.1:9">',
    base='<base xq href="//127.0.0.1:9/">',
    htmx_attributes='<b xq hx-get="/logout" hx-trigger="load">x</b><hx-partial xq hx-target="body">x</hx-partial>',
    mathml_namespace="<math><mtext><table><mglyph><style><!--</style><img xq title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
)
BREAKING = [
    *many(
        INERT,
        "",
        unclosed_tag="<b",
        unclosed_comment="<!--",
        cdata="<![CDATA[<xq>]]>",
        entity="&lt;xq&gt;&#x3c;xq&#x3e;",
        doctype="<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
        processing_instruction="<?php echo 1 ?>",
        nested_quotes="'\"><\"'",
        null_in_tag="<scr\0ipt xq>alert(1)</scr\0ipt>",
        upper_case="<SCRIPT XQ>alert(1)</SCRIPT>",
        half_width="＜script xq＞alert(1)＜/script＞",
        markdown_depth=">" * 400 + "x",
        markdown_brackets="[" * 3_000,
        markdown_table="|a|b|\n|-|-|\n|<xq>|`<xq>`|",
        css="</style><style xq>*{background:url(//127.0.0.1:9)}</style>",
    )
]
ALL: list[Bad] = [*STORED, *BREAKING]

/** The page's style: the system's own colours, so that it is dark where the reader's system is. */
export const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
html{background:Canvas;color:CanvasText}
body{max-width:72rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}
caption{text-align:left;font-weight:600;font-size:1.1rem;padding:1.2rem 0 .4rem}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid color-mix(in srgb,CanvasText 20%,Canvas);vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600}
td.number{text-align:right;white-space:nowrap}
progress{width:8rem;vertical-align:middle}
.bad{color:light-dark(#a1260d,#ff9580)}.good{color:light-dark(#1a6b2f,#7ed491)}
.quiet{color:color-mix(in srgb,CanvasText 75%,Canvas)}
@media(max-width:45rem){table,tbody,tr,td{display:block}thead{position:absolute;clip-path:inset(50%)}td.number{text-align:left}}
`;

/** What keeps the page up to date where scripts run: the server sends what to show. */
export const SCRIPT = `const main=document.querySelector('main');
const live=document.querySelector('#live');
const events=new EventSource('status/events');
events.addEventListener('page',event=>{main.innerHTML=event.data});
events.addEventListener('open',()=>{live.textContent='live'});
events.addEventListener('error',()=>{live.textContent='the server does not answer; trying again'});
`;

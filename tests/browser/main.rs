//! What people do in a browser, in a real one: headless Chromium, driven over WebDriver. Where there is none, these tests leave
//! themselves out, and say so.

mod axe;
mod budget;
mod crowd;
mod driver;
mod faults;
mod first_load;
mod gallery;
mod glueconnect;
mod hand;
mod inviting;
mod pages;
mod states;
mod wire;
mod without_scripts;
